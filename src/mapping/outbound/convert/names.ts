import { EXTENSIONS } from '../../types/extensions.ts';
import type { Run } from '../run/run.ts';
import { fieldsOf, orNothing, textOf, textsOf, type Converter } from './converter.ts';
import { extensionText } from './extensions.ts';

const REPRESENTATIONS: Readonly<Record<string, string>> = { ABC: 'A', IDE: 'I', SYL: 'P' };
const { ownPrefix, ownName, partnerPrefix, partnerName } = EXTENSIONS;
/** FN-2 to FN-5. */
const FAMILY_PARTS = [ownPrefix, ownName, partnerPrefix, partnerName];
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

/** The parts of a name as XPN and XCN have them. */
export interface NameParts {
  /** FN: the surname and, where they are told apart, the parts that it is made of. */
  readonly family: readonly string[];
  readonly given: string;
  readonly others: string;
  readonly suffix: string;
  readonly prefix: string;
  readonly degree: string;
  readonly professional: string;
  /** HL7 table 0200. */
  readonly use: string;
  /** HL7 table 0465. */
  readonly representation: string;
  /** HL7 table 0444. */
  readonly order: string;
  readonly start: string;
  readonly end: string;
}

function familyOf(fields: Readonly<Record<string, unknown>>, hasGiven: boolean): readonly string[] {
  const family = textOf(fields['family']);
  const own = fields['_family'];
  const parts = FAMILY_PARTS.map(({ url }) => extensionText(own, url));
  // A name that is only a text stands in the place of the surname.
  return [family === '' && !hasGiven ? textOf(fields['text']) : family, ...parts];
}

/** Takes a HumanName apart. */
export function namePartsOf(name: unknown, run: Run): NameParts {
  const fields = fieldsOf(name);
  const [given = '', ...others] = textsOf(fields['given']);
  const [suffix = '', degree = '', ...professional] = textsOf(fields['suffix']);
  const { start, end } = fieldsOf(fields['period']);
  const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
  return {
    family: familyOf(fields, given !== ''),
    given,
    others: others.join(' '),
    suffix,
    prefix: textsOf(fields['prefix']).join(' '),
    degree,
    professional: professional.join(' '),
    use: USES[textOf(fields['use'])] ?? '',
    representation: REPRESENTATIONS[extensionText(name, EXTENSIONS.nameRepresentation.url)] ?? '',
    order: extensionText(name, EXTENSIONS.nameOrder.url),
    start: time(start),
    end: time(end),
  };
}

/** Elements of a HumanName that its parts say. */
const NAME_CHILDREN = ['use', 'text', 'family', '_family', 'given', 'prefix', 'suffix', 'period', 'extension'];

/** HumanName to XPN. */
export const toXpn: Converter = {
  children: NAME_CHILDREN,
  write: ({ value }, run) => {
    const { family, given, others, suffix, prefix, degree, use, ...rest } = namePartsOf(value, run);
    if (family[0] === '' && given === '') return undefined;
    const { representation, order, start, end, professional } = rest;
    return [
      ...[family, given, others, suffix, prefix, degree, use],
      ...[representation, '', '', order, start, end, professional],
    ];
  },
};

/** A HumanName as one line: its text, else its parts. */
export function nameText(name: unknown): string {
  const fields = fieldsOf(name);
  const text = textOf(fields['text']);
  if (text !== '') return text;
  const all = [...textsOf(fields['prefix']), ...textsOf(fields['given']), textOf(fields['family'])];
  return all.filter((part) => part !== '').join(' ');
}

/** HumanName to one line. */
export const nameToText: Converter = {
  children: ['text', 'family', 'given', 'prefix'],
  write: ({ value }) => orNothing(nameText(value)),
};
