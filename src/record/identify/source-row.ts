import { isObject, parseFhir, stringifyFhir } from '../../fhir/json.ts';
import type { FhirResource, NaturalKey } from '../../fhir/patch.ts';
import { blockingKeys } from '../../identity/blocking.ts';
import { matchCopyOf, type MatchCopy } from '../../identity/match-copy.ts';
import type { NumberKey } from '../../identity/number-kinds.ts';
import type { Put, Row } from '../../store/port.ts';
import { writeNote, type Note } from '../note.ts';
import type { SourceRecord } from './contract.ts';

const NAMESPACE_URI = 'urn:jingluo:namespace:';

/** The source record of a `sources` row. */
export function readSource(row: Row): SourceRecord {
  return parseFhir(typeof row.body === 'string' ? row.body : '{}') as SourceRecord;
}

/** The `sources` row of a source record; a deleted one has no keys, so nobody finds it any more. */
export function sourcePut(record: SourceRecord, note: Note): Put {
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
  return system.startsWith(NAMESPACE_URI) ? decodeURIComponent(system.slice(NAMESPACE_URI.length)) : system;
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
