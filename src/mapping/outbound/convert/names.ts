import { fieldsOf, objectsOf, orNothing, textOf, textsOf, type Converter } from './converter.ts';

const REPRESENTATION_URL = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation';
const REPRESENTATIONS: Readonly<Record<string, string>> = { ABC: 'A', IDE: 'I', SYL: 'P' };
/** name-use to HL7 table 0200. */
const USES: Readonly<Record<string, string>> = {
  official: 'L',
  usual: 'D',
  maiden: 'M',
  nickname: 'N',
  anonymous: 'MSK',
  temp: 'TEMP',
  old: 'BAD',
};

/** Parts of a name in the order of XPN-1 to XPN-6 and XPN-14. */
interface NameParts {
  readonly family: string;
  readonly given: string;
  readonly others: string;
  readonly prefix: string;
  readonly suffixes: readonly string[];
}

/** The parts of a HumanName; a name that is only a text stands in the place of the surname. */
export function namePartsOf(name: unknown): NameParts {
  const fields = fieldsOf(name);
  const [given = '', ...others] = textsOf(fields['given']);
  const family = textOf(fields['family']);
  return {
    family: family === '' && given === '' ? textOf(fields['text']) : family,
    given,
    others: others.join(' '),
    prefix: textsOf(fields['prefix']).join(' '),
    suffixes: textsOf(fields['suffix']),
  };
}

function representationOf(name: unknown): string {
  const found = objectsOf(fieldsOf(name)['extension']).find(({ url }) => url === REPRESENTATION_URL);
  return REPRESENTATIONS[textOf(found?.['valueCode'])] ?? '';
}

/** HumanName to XPN. */
export const toXpn: Converter = {
  children: ['use', 'text', 'family', 'given', 'prefix', 'suffix', 'period', 'extension'],
  write: ({ value }, run) => {
    const { family, given, others, prefix, suffixes } = namePartsOf(value);
    if (family === '' && given === '') return undefined;
    const [suffix = '', degree = '', ...professional] = suffixes;
    const { start, end } = fieldsOf(fieldsOf(value)['period']);
    const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
    return [
      ...[family, given, others, suffix, prefix, degree],
      ...[USES[textOf(fieldsOf(value)['use'])] ?? '', representationOf(value), '', '', ''],
      ...[time(start), time(end), professional.join(' ')],
    ];
  },
};

/** A text to a name, in the place of the surname. */
export const textToXpn: Converter = { write: ({ value }) => orNothing(textOf(value)) };

/** A HumanName as one line: its text, else its parts. */
export function nameText(name: unknown): string {
  const text = textOf(fieldsOf(name)['text']);
  if (text !== '') return text;
  const { family, given, others, prefix } = namePartsOf(name);
  return [prefix, given, others, family].filter((part) => part !== '').join(' ');
}

/** HumanName to one line. */
export const nameToText: Converter = {
  children: ['text', 'family', 'given', 'prefix'],
  write: ({ value }) => orNothing(nameText(value)),
};
