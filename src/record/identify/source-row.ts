import { isObject, parseFhir, stringifyFhir } from '../../fhir/json.ts';
import { namespaceName } from '../../fhir/local-systems.ts';
import type { FhirResource, NaturalKey } from '../../fhir/patch.ts';
import { blockingKeys } from '../../identity/blocking.ts';
import { matchCopyOf, type MatchCopy } from '../../identity/match-copy.ts';
import type { NumberKey } from '../../identity/number-kinds.ts';
import { textOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { Put, Row } from '../../store/port.ts';
import { writeNote, type Note } from '../note.ts';
import { rememberNote } from '../row-values.ts';
import type { SourceRecord } from './contract.ts';

/** Rows never change, and several stages of a message read the same ones. */
const READ = new WeakMap<Row, SourceRecord>();

/** The source record of a `sources` row. */
export function readSource(row: Row): SourceRecord {
  let record = READ.get(row);
  if (record === undefined) READ.set(row, (record = parseFhir(textOf(row)) as SourceRecord));
  return record;
}

/** Puts a source record into the draft. */
export function putSource(draft: Draft, record: SourceRecord, note: Note): void {
  const row = draft.put(sourcePut(record, note));
  READ.set(row, record);
  rememberNote(row, note);
}

/** Puts the note alone: who has said what the source record says has changed, not what it says. */
export function putSourceNote(draft: Draft, stored: Row, note: Note): void {
  const { id, body } = stored;
  const row = draft.put({ collection: 'sources', id, body, note: writeNote(note), bodyOnly: true });
  const record = READ.get(stored);
  if (record !== undefined) READ.set(row, record);
  rememberNote(row, note);
}

/** The `sources` row of a source record; a deleted one has no keys, so nobody finds it any more. */
function sourcePut(record: SourceRecord, note: Note): Put {
  return {
    collection: 'sources',
    id: record.id,
    body: stringifyFhir(record),
    note: writeNote(note),
    keys: record.state === 'deleted' ? [] : blockingKeys(record.copy).own,
    fields: { person: record.person, state: record.state, firstAt: new Date(record.firstAt) },
  };
}

/** The matching copy of a Patient as its source record knows it. */
export function copyOf(patient: FhirResource, note: Note, key: NaturalKey | undefined): MatchCopy {
  const mother = motherIn(patient);
  return matchCopyOf({
    patient,
    numbers: numbersOf(patient, note),
    ...(key === undefined ? {} : { key }),
    ...(mother === undefined ? {} : { mother }),
  });
}

/** Identifiers with namespace and kind: as their HL7 field named them, else by `system` and `type`. */
export function numbersOf(patient: FhirResource, note: Note): readonly NumberKey[] {
  const { identifier } = patient as { readonly identifier?: unknown };
  const list: readonly unknown[] = Array.isArray(identifier) ? identifier : [];
  const units = (note.units?.['identifier'] ?? []).flatMap(({ unit, count }) =>
    Array.from({ length: count }, () => unit),
  );
  return list.flatMap((entry, index) => {
    if (!isObject(entry) || typeof entry['value'] !== 'string') return [];
    const [, namespace, kind] = (units[index] ?? '').split('|');
    return [
      {
        namespace: namespace !== undefined && namespace !== '' ? namespace : namespaceOf(entry['system']),
        kind: kind ?? kindOf(entry['type']),
        value: entry['value'],
      },
    ];
  });
}

function namespaceOf(system: unknown): string {
  if (typeof system !== 'string') return '';
  return namespaceName(system) ?? system;
}

function kindOf(type: unknown): string {
  if (!isObject(type)) return '';
  const coding: readonly unknown[] = Array.isArray(type['coding']) ? type['coding'] : [];
  const [first] = coding;
  const code = isObject(first) ? first['code'] : undefined;
  if (typeof code === 'string') return code;
  return typeof type['text'] === 'string' ? type['text'] : '';
}

/** The mother named as a contact (`MTH` of table 0063 and v3 RoleCode). */
function motherIn(patient: FhirResource): string | undefined {
  const { contact } = patient as { readonly contact?: unknown };
  const list: readonly unknown[] = Array.isArray(contact) ? contact : [];
  for (const entry of list) {
    if (!isObject(entry) || !JSON.stringify(entry['relationship'] ?? []).includes('"MTH"')) continue;
    const name = entry['name'];
    const text = isObject(name) ? (name['text'] ?? name['family']) : undefined;
    if (typeof text === 'string') return text;
  }
  return undefined;
}
