import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { authorityOf, systemOf } from '../../mapping/convert/identifiers.ts';
import type { AskedField } from './query.ts';

/** A parameter of a search at the record (R4 search.html). */
export type Parameter = readonly [name: string, value: string];

/** A number that is asked for: in one system, or in any where none is said; `''` asks for any number of the system. */
export interface AskedKey {
  readonly system?: string;
  readonly value: string;
}

/** What a search by demographics asks for; all of it must be met. */
export interface Criteria {
  readonly parameters: readonly Parameter[];
  /** Patient numbers (PID-3, PID-19). */
  readonly numbers: readonly AskedKey[];
  /** Account numbers (PID-18): they lead to patients through their accounts. */
  readonly accounts: readonly AskedKey[];
}

/** A value for a search, with the characters escaped that mean something there. */
export const escaped = (text: string): string => text.replaceAll(/[\\,|$]/gu, '\\$&');

type Read = (field: AskedField) => readonly Parameter[] | undefined;

/** Sex as table 0001 and GB/T 2261.1 code it. */
const GENDERS: ReadonlyMap<string, string> = new Map([
  ['M', 'male'],
  ['F', 'female'],
  ['O', 'other'],
  ['A', 'other'],
  ['U', 'unknown'],
  ['1', 'male'],
  ['2', 'female'],
  ['9', 'other'],
  ['0', 'unknown'],
  ['男', 'male'],
  ['女', 'female'],
]);

/** Text of a value, or of one part of it, where the field is asked for whole. */
const partOf = ({ value }: AskedField, n = 1): string => value[n - 1]?.[0] ?? '';

/** Names and addresses are found by their beginning; a star at the end says so too. */
const beginning = (text: string): string => escaped(text.replace(/[*%]+$/u, ''));

const when = (name: string, value: string): readonly Parameter[] => (value === '' ? [] : [[name, value]]);

/** A Chinese name in one piece stands in the family name of the query, whatever it is in the record. */
function familyParameter(text: string): readonly Parameter[] {
  const isWhole = /^\p{Script=Han}{2,}/u.test(text);
  return when(isWhole ? 'name' : 'family', beginning(text));
}

const readName: Read = (field) => {
  if (field.component === 0) return [...familyParameter(partOf(field)), ...when('given', beginning(partOf(field, 2)))];
  if (field.component === 1) return familyParameter(partOf(field));
  return field.component === 2 ? when('given', beginning(partOf(field))) : undefined;
};

const DAY = /^(\d{4})(?:(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])(?:\d{2,}.*)?)?)?$/u;

const readBirth: Read = (field) => {
  const match = DAY.exec(partOf(field));
  if (match === null || field.component > 1) return undefined;
  const parts: readonly (string | undefined)[] = match.slice(1);
  return [['birthdate', parts.filter((part) => part !== undefined).join('-')]];
};

const readSex: Read = (field) => {
  const gender = GENDERS.get(partOf(field).toUpperCase());
  return gender === undefined || field.component > 1 ? undefined : [['gender', gender]];
};

/** Parameters by component of XAD. */
const ADDRESS_PARTS: ReadonlyMap<number, string> = new Map([
  [1, 'address'],
  [2, 'address'],
  [3, 'address-city'],
  [4, 'address-state'],
  [5, 'address-postalcode'],
  [6, 'address-country'],
]);

const readAddress: Read = (field) => {
  const found: Parameter[] = [];
  for (const [index, [text = '']] of field.value.entries()) {
    const name = ADDRESS_PARTS.get(Math.max(field.component, 1) + index);
    if (name === undefined) return undefined;
    found.push(...when(name, beginning(text)));
  }
  return found;
};

const readPhone: Read = (field) => {
  if (![0, 1, 4, 12].includes(field.component)) return undefined;
  return when(field.component === 4 ? 'email' : 'phone', escaped(partOf(field)));
};

const FIELDS: ReadonlyMap<number, Read> = new Map([
  [5, readName],
  [7, readBirth],
  [8, readSex],
  [11, readAddress],
  [13, readPhone],
  [14, readPhone],
]);

/** Fields that are numbers: PID-3, PID-18 (account), PID-19 (national number). */
const NUMBERS: ReadonlySet<number> = new Set([3, 18, 19]);

/** The search that fields of PID ask for; a problem names the first field or value that cannot be searched. */
export function criteriaOf(fields: readonly AskedField[]): Result<Criteria, Problem> {
  const parameters: Parameter[] = [];
  const asked = fields.filter(({ value }) => value.flat().some((part) => part !== ''));
  for (const field of asked) {
    const found = NUMBERS.has(field.field) ? readNumber(field) : FIELDS.get(field.field)?.(field);
    if (found === undefined) {
      const message = 'Persons are not found by this field, or its value is no such thing.';
      return err(problem('pipeline.query-invalid', message, { path: field.path }));
    }
    parameters.push(...found);
  }
  const numbers = [...keysOf(asked, 3), ...keysOf(asked, 19)];
  const accounts = keysOf(asked, 18);
  if (parameters.length + numbers.length + accounts.length > 0) return ok({ parameters, numbers, accounts });
  return err(problem('pipeline.query-invalid', 'The query names nothing to look for.', { path: 'QPD-3' }));
}

/** The number itself, or who gave it; `keysOf` puts them together. */
const readNumber: Read = ({ field, component, subcomponent }) =>
  component <= 1 || (field !== 19 && component === 4 && subcomponent <= 3) ? [] : undefined;

/** A number whose parts may stand in several repetitions; several numbers must all be there. */
function keysOf(fields: readonly AskedField[], wanted: number): readonly AskedKey[] {
  const parts = fields.filter(({ field }) => field === wanted);
  const [name = '', id = '', idType = ''] = domainParts(parts);
  const system = name === '' && id === '' ? {} : { system: systemOf(authorityOf(name, id), id, idType) };
  const values = parts.flatMap((part) => (part.component <= 1 && partOf(part) !== '' ? [partOf(part)] : []));
  if (values.length === 0) return 'system' in system ? [{ ...system, value: '' }] : [];
  return values.map((value) => ({ ...system, value: wanted === 19 ? value.toUpperCase() : value }));
}

/** HD of a number: part by part (`@PID.3.4.2`), or whole (`@PID.3.4^HOSP01&1.2.3&ISO`, `@PID.3^P1^^^HOSP01`). */
function domainParts(parts: readonly AskedField[]): readonly string[] {
  const domain = ['', '', ''];
  for (const { component, subcomponent, value } of parts) {
    const whole = component === 4 ? value[0] : component === 0 ? value[3] : undefined;
    if (component === 4 && subcomponent > 0) domain[subcomponent - 1] = value[0]?.[0] ?? '';
    else if (whole !== undefined) domain.splice(0, whole.length, ...whole);
  }
  return domain;
}
