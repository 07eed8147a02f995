import { isObject, listOf } from '../../fhir/json.ts';
import type { Claim } from '../../identity/golden.ts';
import { elementKey } from '../element-key.ts';
import type { Note, Stamp } from '../note.ts';
import type { RecordSettings } from '../contract.ts';
import type { SourceRecord } from './contract.ts';

/** A member of a person with who set what. */
export interface Member {
  readonly record: SourceRecord;
  readonly note: Note;
}

/** HL7 fields of single elements, where the record came by HL7 v2. */
const FIELDS: Readonly<Record<string, string>> = {
  name: 'PID-5',
  birthDate: 'PID-7',
  gender: 'PID-8',
  address: 'PID-11',
  telecom: 'PID-13',
  communication: 'PID-15',
  maritalStatus: 'PID-16',
  multipleBirthBoolean: 'PID-24',
  multipleBirthInteger: 'PID-25',
  deceasedDateTime: 'PID-29',
  deceasedBoolean: 'PID-30',
};

/** What a member claims of an element as a whole; undefined where it says nothing. */
export function claimOf(settings: RecordSettings, member: Member, element: string): Claim | undefined {
  const value = member.record.patient[element];
  if (value === undefined) return undefined;
  const stamp = stampOf(member.note, element);
  return { ...claimBase(settings, member, stamp), value, ...hl7Part(member.note, FIELDS[element]) };
}

/** What a member claims of a list, entry by entry. */
export function claimsOf(settings: RecordSettings, member: Member, element: string): readonly Claim[] {
  const units = (member.note.units?.[element] ?? []).flatMap((unit) =>
    Array.from({ length: unit.count }, (_, index) => ({ ...unit, index })),
  );
  return listOf(member.record.patient[element]).map((value, index) => {
    const unit = units[index];
    const field = unit === undefined || unit.unit === '' ? FIELDS[element] : fieldOf(unit.unit, unit.index, unit.count);
    const stamp = unit?.stamp ?? stampOf(member.note, element);
    return { ...claimBase(settings, member, stamp), value, ...hl7Part(member.note, field) };
  });
}

function fieldOf(unit: string, index: number, count: number): string {
  const [field = unit] = unit.split('|');
  return count > 1 ? `${field}[${index + 1}]` : field;
}

const BY_HL7 = new WeakMap<Note, boolean>();

/** Some unit of the note is a field of PID; remembered, since every value of a Patient asks. */
function isByHl7(note: Note): boolean {
  let known = BY_HL7.get(note);
  if (known === undefined) {
    known = Object.values(note.units ?? {}).some((units) => units.some(({ unit }) => unit.startsWith('PID-')));
    BY_HL7.set(note, known);
  }
  return known;
}

/** The address is only known where the record came by HL7: its identifiers then say so. */
function hl7Part(note: Note, field: string | undefined): { readonly hl7?: string } {
  return field !== undefined && isByHl7(note) ? { hl7: field } : {};
}

function claimBase(settings: RecordSettings, { record }: Member, stamp: Stamp): Omit<Claim, 'value' | 'hl7'> {
  // A message that only repeats what is known moves stamps, but makes no value newer than the last change.
  const changed = Date.parse(record.lastAt);
  return {
    rec: record.id,
    at: Math.min(stamp[0], changed),
    message: messageOf(record, stamp, changed),
    validated: false,
    live: record.state === 'live',
    detail: 0,
    rank: settings.sources[record.source]?.rank ?? 100,
  };
}

function messageOf(record: SourceRecord, stamp: Stamp, changed: number): string {
  const known = stamp[0] > changed ? undefined : record.messages[String(stamp[1])];
  return known ?? record.message;
}

function stampOf(note: Note, element: string): Stamp {
  const key = elementKey('Patient', element);
  const units = note.units?.[key];
  if (units === undefined) return note.elements?.[key] ?? note.row;
  const [unit] = units.toSorted((x, y) => y.stamp[0] - x.stamp[0]);
  return note.elements?.[key] ?? unit?.stamp ?? note.row;
}

/** First text of a HumanName list: `text`, else family and given names. */
export function nameText(names: unknown): string | undefined {
  const [first] = listOf(names).filter(isObject);
  if (first === undefined) return undefined;
  const { text, family, given } = first;
  if (typeof text === 'string' && text !== '') return text;
  const parts = [family, ...listOf(given)].filter((part): part is string => typeof part === 'string');
  const latin = parts.every((part) => /^[\p{Script=Latin}\s'.-]*$/u.test(part));
  return parts.length === 0 ? undefined : parts.join(latin ? ' ' : '');
}
