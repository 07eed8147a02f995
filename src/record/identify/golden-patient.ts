import { isObject } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { goldenList, goldenValue, type Claim, type Golden, type GoldenEntry } from '../../identity/golden.ts';
import type { RecordSettings } from '../contract.ts';
import { claimOf, claimsOf, type Member } from './claims.ts';

/** Lists whose entries of all members are shown together. */
const LISTS: ReadonlySet<string> = new Set([
  'identifier',
  'telecom',
  'address',
  'contact',
  'communication',
  'generalPractitioner',
  'extension',
  'modifierExtension',
]);
const LEFT_OUT: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'link', 'text', 'contained']);

/** Golden values of a person: of single elements one, of lists every entry once. */
export interface GoldenValues {
  readonly single: ReadonlyMap<string, Golden>;
  readonly lists: ReadonlyMap<string, readonly GoldenEntry[]>;
}

/** The golden values of members, the oldest live one first. */
export function goldenValues(settings: RecordSettings, members: readonly Member[]): GoldenValues {
  const names = new Set(members.flatMap(({ record }) => Object.keys(record.patient)));
  const single = new Map<string, Golden>();
  const lists = new Map<string, readonly GoldenEntry[]>();
  for (const name of [...names].sort(plainFirst)) {
    if (LEFT_OUT.has(name)) continue;
    if (LISTS.has(name)) {
      const claims = members.flatMap((member) => claimsOf(settings, member, name));
      lists.set(
        name,
        goldenList(claims, (value) => sameness(name, value)),
      );
    } else {
      const claims = speakers(name, members, single).flatMap((member) =>
        weighed(name, member, claimOf(settings, member, name)),
      );
      const golden = goldenValue(claims);
      if (golden !== undefined) single.set(name, golden);
    }
  }
  return { single: withoutRivals(single), lists };
}

const isSibling = (name: string): boolean => name.startsWith('_');

function plainFirst(x: string, y: string): number {
  return Number(isSibling(x)) - Number(isSibling(y)) || (x < y ? -1 : 1);
}

/** What belongs to the value of an element (`_birthDate`: the time of birth) is said only by those who say that value. */
function speakers(name: string, members: readonly Member[], single: ReadonlyMap<string, Golden>): readonly Member[] {
  if (!isSibling(name)) return members;
  const plain = name.slice(1);
  const golden = JSON.stringify(single.get(plain)?.value);
  return members.filter(({ record }) => JSON.stringify(record.patient[plain]) === golden);
}

/** The golden Patient that the lead of several members shows, without `link`. */
export function goldenPatient(settings: RecordSettings, id: string, members: readonly Member[]): FhirResource {
  const { single, lists } = goldenValues(settings, members);
  const values = [
    ...[...single].map(([name, { value }]) => [name, value] as const),
    ...[...lists].map(([name, entries]) => [name, entries.map(({ value }) => value)] as const),
  ];
  return { resourceType: 'Patient', id, ...Object.fromEntries(values.sort(([x], [y]) => (x < y ? -1 : 1))) };
}

/** A claim with what the identity rules know of it: confirmed by the ID number, in characters, to the day. */
function weighed(name: string, { record }: Member, claim: Claim | undefined): readonly Claim[] {
  if (claim === undefined) return [];
  const id = record.copy.ids.find((one) => one.type === '01' && one.valid);
  switch (name) {
    case 'birthDate':
      return [{ ...claim, validated: id?.birth === claim.value, detail: String(claim.value).length }];
    case 'gender':
      return [{ ...claim, validated: id?.sex === claim.value, detail: claim.value === 'unknown' ? 0 : 1 }];
    case 'name':
      return [
        { ...claim, detail: record.copy.names.some(({ latin }) => latin !== true) ? 2 : record.copy.names.length },
      ];
    case 'deceasedBoolean':
      return [{ ...claim, detail: claim.value === true ? 1 : 0 }];
    default:
      return [claim];
  }
}

/** Of the two types of a choice the one that says more: a time of death over `true`, an order over `multiple`. */
function withoutRivals(single: ReadonlyMap<string, Golden>): ReadonlyMap<string, Golden> {
  const kept = new Map(single);
  if (kept.has('deceasedDateTime')) kept.delete('deceasedBoolean');
  if (kept.has('multipleBirthInteger')) kept.delete('multipleBirthBoolean');
  return kept;
}

function sameness(list: string, value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  if (list === 'identifier' || list === 'telecom') return JSON.stringify([value['system'], value['value']]);
  return JSON.stringify(value);
}
