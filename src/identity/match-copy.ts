import { birthOf, type BirthCopy } from './birth.ts';
import { readIdNumber, type IdNumber } from './id-number.ts';
import { motherOf, nameCopy, type NameCopy } from './name.ts';
import { isPersonIdKind, isSharedNumber, type NumberKey } from './number-kinds.ts';
import { normalisePhone } from './phone.ts';

/** What matching looks at, cleaned. Raw values stay in the Patient. */
export interface MatchCopy {
  /** Current names; empty where there is none or only a placeholder. */
  readonly names: readonly NameCopy[];
  /** Called unknown (无名氏): guard G2. */
  readonly unknown?: true;
  readonly birth?: BirthCopy;
  readonly sex?: 'male' | 'female';
  /** Personal identification numbers (resident ID, permits, passport). */
  readonly ids: readonly IdNumber[];
  /** Its own resident ID number says another birth date (guard G5). */
  readonly idContradictsBirth?: true;
  /** Mainland mobile and landline numbers, normalised. */
  readonly phones: readonly string[];
  /** Numbers in identifier domains, the record's own key first; lent and re-issued kinds are left out. */
  readonly numbers: readonly NumberKey[];
  /** Mother's name, normalised. */
  readonly mother?: string;
}

/** The parts of a FHIR Patient that matching reads, and its numbers with their namespaces. */
export interface MatchSource {
  /** The Patient (R4) as plain JSON. */
  readonly patient: Readonly<Record<string, unknown>>;
  readonly key?: NumberKey;
  readonly numbers: readonly NumberKey[];
  /** Mother's name from NK1 or `Patient.contact`, raw. */
  readonly mother?: string;
}

/** The normalised matching copy of a Patient; equal Patients give deeply equal copies. */
export function matchCopyOf(source: MatchSource): MatchCopy {
  const { patient } = source;
  const all = namesOf(patient['name']);
  const names = all.filter((name) => name.unknown !== true);
  const ids = idsOf(source.numbers);
  const sex = patient['gender'];
  const mother = motherName(source.mother, names);
  return {
    names,
    ...(names.length === 0 && all.length > 0 ? { unknown: true as const } : {}),
    ...birthPart(patient['birthDate'], ids.find((id) => id.birth !== undefined)?.birth),
    ...(sex === 'male' || sex === 'female' ? { sex } : {}),
    ids,
    phones: phonesOf(patient['telecom']),
    numbers: sharedNumbers(source),
    ...(mother === undefined ? {} : { mother }),
  };
}

function birthPart(raw: unknown, fromId: string | undefined): Pick<MatchCopy, 'birth' | 'idContradictsBirth'> {
  const stated = birthOf(raw, undefined);
  const birth = birthOf(raw, fromId);
  const contradicts = stated?.precision === 'day' && fromId !== undefined && fromId !== stated.date;
  return {
    ...(birth === undefined ? {} : { birth }),
    ...(contradicts ? { idContradictsBirth: true as const } : {}),
  };
}

function motherName(stated: string | undefined, names: readonly NameCopy[]): string | undefined {
  if (stated !== undefined) return nameCopy({ text: stated })?.text;
  return names.map((name) => motherOf(name.text)).find((name) => name !== undefined);
}

/** Valid resident ID numbers of a copy: what G1 and G9 compare. */
export function residentIds(copy: MatchCopy): readonly string[] {
  return copy.ids.filter((id) => id.type === '01' && id.valid).map((id) => id.value);
}

function namesOf(value: unknown): readonly NameCopy[] {
  const found = listOf(value)
    .filter((name) => name['use'] !== 'old')
    .map((name) => nameCopy({ text: name['text'], family: name['family'], given: name['given'] }))
    .filter((name) => name !== undefined);
  return found.filter((name, index) => found.findIndex((other) => other.text === name.text) === index);
}

function idsOf(numbers: readonly NumberKey[]): readonly IdNumber[] {
  const found = numbers.map((number) => readIdNumber(number.kind, number.value)).filter((id) => id !== undefined);
  const unique = found.filter(
    (id, index) => found.findIndex((other) => other.type === id.type && other.value === id.value) === index,
  );
  return unique.sort((a, b) => compareText(a.type + a.value, b.type + b.value));
}

function phonesOf(value: unknown): readonly string[] {
  const phones = listOf(value)
    .filter((point) => point['system'] === undefined || point['system'] === 'phone' || point['system'] === 'sms')
    .map((point) => normalisePhone(point['value']))
    .filter((phone) => phone !== undefined);
  return [...new Set(phones)].sort(compareText);
}

function sharedNumbers(source: MatchSource): readonly NumberKey[] {
  const all = source.key === undefined ? source.numbers : [source.key, ...source.numbers];
  const usable = all
    .filter((number) => isSharedNumber(number) && !isPersonIdKind(number.kind))
    .filter((number) => readIdNumber(number.kind, number.value) === undefined);
  const seen = new Set<string>();
  return usable.filter(({ namespace, kind, value }) => {
    const name = JSON.stringify([namespace, kind, value]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((entry) => typeof entry === 'object' && entry !== null).map((entry) => ({ ...entry }));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
