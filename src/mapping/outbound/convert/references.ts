import type { FhirResource } from '../../../fhir/patch.ts';
import type { RepetitionValue } from '../../../hl7/write-message.ts';
import { EXTENSIONS } from '../../types/extensions.ts';
import { Item } from '../run/item.ts';
import type { Run } from '../run/run.ts';
import { conceptCode } from './coded.ts';
import { fieldsOf, objectsOf, orNothing, parts, textOf, textsOf, type Write } from './converter.ts';
import { extensionText } from './extensions.ts';
import { numberOf, type Numbered } from './identifiers.ts';
import { locationPl } from './locations.ts';
import { namePartsOf, nameText, type NameParts } from './names.ts';

/** What a Reference says by itself, and the resource that it points at where that is known. */
interface Target {
  /** Type of the resource; `''` where nothing says it. */
  readonly type: string;
  readonly resource: FhirResource | undefined;
  readonly display: string;
  readonly identifier: unknown;
}

function typeOf(reference: Readonly<Record<string, unknown>>, resource: FhirResource | undefined): string {
  if (resource !== undefined) return resource.resourceType;
  const named = textOf(reference['type']);
  if (named !== '') return named;
  return /([A-Z][A-Za-z]+)\/[^/]+$/u.exec(textOf(reference['reference']))?.[1] ?? '';
}

function targetOf(item: Item, run: Run): Target {
  const reference = fieldsOf(item.value);
  const resource = run.follow(item);
  const { display, identifier } = reference;
  return { type: typeOf(reference, resource), resource, display: textOf(display), identifier };
}

/** The type of resource that a Reference points at; `''` where nothing says it. */
export const targetType = (item: Item, run: Run): string => targetOf(item, run).type;

function say(resource: FhirResource, children: readonly string[], run: Run): void {
  run.account.mention(resource);
  run.account.say(new Item(resource.resourceType, resource), children);
}

// ---- people

/** A Practitioner, or what a Reference says about one. */
interface Person {
  readonly number: Numbered;
  readonly name: NameParts;
  readonly degree: string;
}

/** The degree of a Practitioner (HL7 table 0360), which the name shows as a suffix too. */
function degreeOf(resource: FhirResource): string {
  const degree = objectsOf(resource['qualification'])[0]?.['code'];
  return conceptCode(degree) || textOf(fieldsOf(degree)['text']);
}

function personOf({ resource, display, identifier }: Target, run: Run): Person {
  if (resource === undefined) {
    return { number: numberOf(identifier, run), name: namePartsOf({ text: display }, run), degree: '' };
  }
  say(resource, ['identifier[0]', 'name[0]', 'qualification[0]'], run);
  const number = numberOf(objectsOf(resource['identifier'])[0], run);
  const name = objectsOf(resource['name'])[0] ?? { text: display };
  const degree = degreeOf(resource);
  const parts = namePartsOf(name, run);
  if (degree === '') return { number, name: parts, degree: parts.degree };
  const [suffix = '', ...professional] = textsOf(name['suffix']).filter((one) => one !== degree);
  return { number, name: { ...parts, suffix, professional: professional.join(' ') }, degree };
}

/** A person as XCN. */
function xcnOf({ number, name, degree }: Person): RepetitionValue | undefined {
  const { value, authority, checkDigit, checkScheme, kind, facility } = number;
  const { family, given, others, suffix, prefix, use, representation, order, start, end, professional } = name;
  return parts(
    ...[value, family, given, others, suffix, prefix, degree, '', authority],
    ...[use, checkDigit, checkScheme, kind, facility, representation, '', '', order, start, end, professional],
  );
}

/** The same as CNN, which has no composite components. */
function cnnOf({ number, name, degree }: Person): RepetitionValue | undefined {
  const { family, given, others, suffix, prefix } = name;
  return parts(number.value, family[0] ?? '', given, others, suffix, prefix, degree, '', ...number.authority);
}

/** The Practitioner of a PractitionerRole as a Reference. */
function practitionerOf(role: FhirResource): Item {
  const item = new Item(role.resourceType, role);
  return new Item('Reference', role['practitioner'] ?? {}, { from: item, name: 'practitioner', index: -1 });
}

const PEOPLE: ReadonlySet<string> = new Set(['Practitioner', 'PractitionerRole']);

/** The person that a Reference, a Practitioner or a PractitionerRole means; undefined where it is no person. */
function meant(item: Item, run: Run, acceptsUnknown: boolean): Person | undefined {
  if (item.type === 'Practitioner') {
    return isOf(item)
      ? personOf({ type: item.type, resource: item.value, display: '', identifier: undefined }, run)
      : undefined;
  }
  const target = item.type === 'PractitionerRole' && isOf(item) ? roleTarget(item.value) : targetOf(item, run);
  if (!PEOPLE.has(target.type) && !(target.type === '' && acceptsUnknown)) return undefined;
  const { resource } = target;
  if (resource?.resourceType !== 'PractitionerRole') return personOf(target, run);
  say(resource, ['practitioner'], run);
  const inner = practitionerOf(resource);
  // A role of a role is nobody, and may be a circle.
  const person = targetType(inner, run) === 'PractitionerRole' ? undefined : meant(inner, run, true);
  return person ?? personOf({ ...target, resource: undefined }, run);
}

const roleTarget = (resource: FhirResource): Target => ({
  type: 'PractitionerRole',
  resource,
  display: '',
  identifier: undefined,
});

function toXcn(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  const person = meant(item, run, acceptsUnknown);
  return person === undefined ? undefined : xcnOf(person);
}

function toCnn(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  const person = meant(item, run, acceptsUnknown);
  return person === undefined ? undefined : cnnOf(person);
}

const isOf = (item: Item): item is Item & { readonly value: FhirResource } =>
  typeof fieldsOf(item.value)['resourceType'] === 'string';

// ---- organizations

const URI_SYSTEM = 'urn:ietf:rfc:3986';

interface Organization {
  readonly name: string;
  readonly number: Numbered | undefined;
  /** HL7 table 0204. */
  readonly nameType: string;
  /** HD of an organization that is known by a URI. */
  readonly uri: readonly string[];
}

/** What a Reference says of an organization, or the resource itself; undefined where it points at something else. */
function referred(item: Item, run: Run, acceptsUnknown: boolean): Target | undefined {
  if (item.type === 'Organization') {
    return isOf(item) ? { type: item.type, resource: item.value, display: '', identifier: undefined } : undefined;
  }
  const target = targetOf(item, run);
  return target.type === 'Organization' || (target.type === '' && acceptsUnknown) ? target : undefined;
}

function organizationOf(item: Item, run: Run, acceptsUnknown: boolean): Organization | undefined {
  const target = referred(item, run, acceptsUnknown);
  if (target === undefined) return undefined;
  const { resource } = target;
  if (resource !== undefined) say(resource, ['identifier[0]', 'name', 'extension'], run);
  const identifier = resource === undefined ? target.identifier : objectsOf(resource['identifier'])[0];
  const number = numberOf(identifier, run);
  const name = textOf(resource?.['name']) || target.display;
  if (name === '' && number.value === '') return undefined;
  const nameType = extensionText(resource, EXTENSIONS.organizationNameType.url);
  return fieldsOf(identifier)['system'] === URI_SYSTEM
    ? { name, nameType, number: undefined, uri: run.setting.receiver.authority(number.value) }
    : { name, nameType, number: number.value === '' ? undefined : number, uri: [] };
}

/** Organization to XON: name, authority and number. */
function toXon(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  const found = organizationOf(item, run, acceptsUnknown);
  if (found === undefined) return undefined;
  const { name, nameType, number } = found;
  if (number === undefined) return parts(name, nameType);
  const { value, checkDigit, checkScheme, authority, kind } = number;
  // Only XON-3 has a check digit beside it.
  const [third, tenth] = checkDigit === '' ? ['', value] : [value, ''];
  return parts(name, nameType, third, checkDigit, checkScheme, authority, kind, '', '', tenth);
}

/** Organization to HD: its name, and the URI that it is known by. */
function toHd(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  const found = organizationOf(item, run, acceptsUnknown);
  if (found === undefined) return undefined;
  const [, id = '', type = ''] = found.uri;
  return parts(found.name === id ? '' : found.name, id, type);
}

/** Organization to CWE (a department): number and name. */
function toDepartment(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  const found = organizationOf(item, run, acceptsUnknown);
  return found === undefined ? undefined : parts(found.number?.value ?? '', found.name);
}

// ---- places and anything else

function toPl(item: Item, run: Run, acceptsUnknown: boolean): RepetitionValue | undefined {
  if (item.type === 'Location') return isOf(item) ? locationPl(item.value, run) : undefined;
  const { type, resource, display } = targetOf(item, run);
  if (resource?.resourceType === 'Location') return locationPl(resource, run);
  return type === 'Location' || (type === '' && acceptsUnknown) ? orNothing(display) : undefined;
}

/** What a resource is called. */
function resourceName(resource: FhirResource | undefined): string {
  const name = resource?.['name'];
  return typeof name === 'string' ? name : nameText(objectsOf(name)[0]);
}

function toText(item: Item, run: Run): RepetitionValue | undefined {
  const { display, resource } = targetOf(item, run);
  return orNothing(display || resourceName(resource));
}

type Refer = (item: Item, run: Run, acceptsUnknown: boolean) => RepetitionValue | undefined;

/** How a Reference is written as an HL7 type, and the resource types that can be. */
interface Way {
  readonly refer: Refer;
  readonly types: readonly string[];
}

const WAYS: Readonly<Record<string, Way>> = {
  XCN: { refer: toXcn, types: ['Practitioner', 'PractitionerRole'] },
  CN: { refer: toCnn, types: ['Practitioner', 'PractitionerRole'] },
  CNN: { refer: toCnn, types: ['Practitioner', 'PractitionerRole'] },
  XON: { refer: toXon, types: ['Organization'] },
  HD: { refer: toHd, types: ['Organization'] },
  CWE: { refer: toDepartment, types: ['Organization'] },
  PL: { refer: toPl, types: ['Location'] },
};
const ALL_KINDS = ['Practitioner', 'Organization', 'Location'];

/**
 * How a Reference to one of these types is written as an HL7 type; undefined where none of them can be. One that does
 * not say what it points at is taken for the first kind that the element allows.
 */
export function referenceWriter(hl7: string, targets: readonly string[]): Write | undefined {
  if (['ST', 'TX', 'FT'].includes(hl7)) return toText;
  const way = WAYS[hl7];
  if (way === undefined) return undefined;
  const { refer, types } = way;
  const open = targets.length === 0 || targets.includes('Resource');
  if (!open && !types.some((type) => targets.includes(type))) return undefined;
  const first = open ? types[0] : ALL_KINDS.find((kind) => targets.includes(kind));
  const acceptsUnknown = first !== undefined && types.includes(first);
  return (item, run) => refer(item, run, acceptsUnknown);
}

/** How a resource itself is written as an HL7 type. */
export function resourceWriter(type: string, hl7: string): Write | undefined {
  const way = WAYS[hl7];
  if (way?.types.includes(type) !== true) return undefined;
  return (item, run) => way.refer(item, run, true);
}
