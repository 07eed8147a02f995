import { readNumber } from './numbers.ts';
import { identifierOf, keyOf, readNumbers } from './numbers.ts';
import { compact, present, type Reading, type Reference } from './reading.ts';
import { contact, humanName, saysNothing } from './values.ts';
import { child, childrenOf, textOf, type XmlElement } from './xml.ts';

/** An organization by number and name; known only where the document gives one of them. */
export function organization(element: XmlElement | undefined, reading: Reading): Reference | undefined {
  const name = textOf(child(element, 'name'));
  const number = readNumber(child(element, 'id'), reading);
  if (number === undefined && saysNothing(name)) return undefined;
  const key = keyOf(
    number ?? {
      namespace: reading.namespace('', 'Organization'),
      value: name,
      kind: '',
      system: '',
      isStay: false,
      isUnique: false,
    },
    'Organization',
  );
  const made = reading.make(
    'Organization',
    key,
    {
      identifier: number === undefined ? [] : [identifierOf(number)],
      name: saysNothing(name) ? key.value : name,
      telecom: present(childrenOf(element, 'telecom').map(contact)),
    },
    true,
  );
  return saysNothing(name) ? made : { ...made, display: name };
}

/** Elements that hold who did something: the role, or straight the person. */
function nameOf(role: XmlElement | undefined): XmlElement | undefined {
  for (const person of ['assignedPerson', 'assignedAuthor', 'associatedPerson', 'relatedPerson']) {
    const name = child(role, person, 'name');
    if (name !== undefined) return name;
  }
  return child(role, 'name');
}

/** A professional by number and name; one without a number is only shown. */
export function practitioner(
  role: XmlElement | undefined,
  reading: Reading,
): Reference | { readonly display: string } | undefined {
  const name = humanName(nameOf(role));
  const display = typeof name?.['text'] === 'string' ? name['text'] : undefined;
  const [number] = readNumbers(childrenOf(role, 'id'), reading);
  if (number === undefined) return display === undefined ? undefined : { display };
  const identifier = [identifierOf(number)];
  const made = reading.make(
    'Practitioner',
    keyOf(number, 'Practitioner'),
    { identifier, name: name === undefined ? [] : [name] },
    true,
  );
  return display === undefined ? made : { ...made, display };
}

/** Who wrote: the person, else the device's or the organization's name. */
export function author(element: XmlElement, reading: Reading): Reference | { readonly display: string } | undefined {
  const role = child(element, 'assignedAuthor');
  const device = child(role, 'assignedAuthoringDevice');
  const named = practitioner(role, reading);
  if (named !== undefined) return named;
  const shown = textOf(child(device, 'softwareName')) || textOf(child(device, 'manufacturerModelName'));
  return shown === '' ? organization(child(role, 'representedOrganization'), reading) : { display: shown };
}

/** Codes of table 0063 and their likes are kept; what WS/T 500 says of a contact is text. */
export function contactPerson(element: XmlElement, patient: Reference, reading: Reading): Reference | undefined {
  const entity = child(element, 'associatedEntity');
  const name = humanName(child(entity, 'associatedPerson', 'name'));
  const owner = patient.reference;
  if (name === undefined) return undefined;
  const key = { namespace: reading.context.source, kind: 'RelatedPerson', value: `${owner}|${String(name['text'])}` };
  return reading.make('RelatedPerson', key, {
    patient,
    name: [name],
    telecom: present(childrenOf(entity, 'telecom').map(contact)),
    relationship: [compact({ text: child(entity, 'code')?.attributes['displayName'] })].filter(
      (one) => one !== undefined,
    ),
  });
}
