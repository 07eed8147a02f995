import { isObject, listOf } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { OutboundEntry } from '../../mapping/outbound/contract.ts';
import type { SourceRecord } from '../../record/identify/contract.ts';
import { readSource } from '../../record/identify/source-row.ts';
import { parseResource } from '../../record/json.ts';
import type { RecordReads } from '../../record/reads.ts';
import { showRows } from '../../record/search/show-rows.ts';
import type { Row, Store } from '../../store/port.ts';
import { includes, type Systems } from './domains.ts';

/** What reading persons needs. */
export interface PersonDeps {
  readonly store: Store;
  readonly reads: Pick<RecordReads, 'personOf' | 'leadsOf'>;
}

/** An Identifier of a Patient, as far as queries look at it. */
export interface Numbered {
  readonly system: string;
  readonly value: string;
  /** HL7 table 0203. */
  readonly kind: string;
  readonly identifier: unknown;
}

/** A person who was found: the shown Patient of the lead, and its source records that are alive. */
export interface FoundPerson {
  readonly id: string;
  readonly patient: FhirResource;
  readonly records: readonly SourceRecord[];
}

/** The identifiers of a Patient. */
export function numbersIn(patient: FhirResource): readonly Numbered[] {
  return listOf(patient['identifier']).flatMap((identifier) => {
    if (!isObject(identifier)) return [];
    const { system, value, type } = identifier;
    const [coding] = isObject(type) ? listOf(type['coding']) : [];
    const kind = isObject(coding) ? coding['code'] : undefined;
    if (typeof value !== 'string') return [];
    return [
      {
        system: typeof system === 'string' ? system : '',
        value,
        kind: typeof kind === 'string' ? kind : '',
        identifier,
      },
    ];
  });
}

/**
 * The numbers of a person in these systems: of retired source records none are told any more (IHE ITI TF-2: 3.10), nor one
 * that was issued again to somebody else.
 */
export function currentNumbers({ records }: FoundPerson, systems: Systems): readonly Numbered[] {
  const told = new Map<string, Numbered>();
  for (const number of records.flatMap(ownNumbers)) {
    const key = `${number.system}|${number.value}|${number.kind}`;
    if (includes(systems, number.system) && !told.has(key)) told.set(key, number);
  }
  return [...told.values()];
}

function ownNumbers({ patient, closed, key }: SourceRecord): readonly Numbered[] {
  const numbers = numbersIn(patient);
  return closed === undefined ? numbers : numbers.filter(({ value }) => value !== key?.value);
}

/** The persons of rows that show their leads. */
export async function personsOf(rows: readonly Row[], { store, reads }: PersonDeps): Promise<readonly FoundPerson[]> {
  const ids = rows.map(({ id }) => id.slice(id.indexOf('/') + 1));
  const members = await Promise.all(ids.map(async (id) => (await reads.personOf(id))?.members ?? [id]));
  const sources = new Map<string, SourceRecord>();
  for (const row of await store.getMany('sources', [...new Set(members.flat())])) {
    if (row !== undefined) sources.set(row.id, readSource(row));
  }
  const texts = await showRows(rows, reads.leadsOf);
  return ids.map((id, index) => {
    const known = (members[index] ?? []).flatMap((member) => sources.get(member) ?? []);
    const live = known.filter(({ state }) => state === 'live');
    return { id, patient: parseResource(texts[index] ?? '{}'), records: live.length > 0 ? live : known };
  });
}

/** What is said of persons: their Patients with these numbers, in this order, and what was found beside them. */
export async function entriesOf(
  persons: readonly FoundPerson[],
  numbersOf: (person: FoundPerson) => readonly Numbered[],
  beside: { readonly rows: readonly Row[]; readonly deps: PersonDeps },
): Promise<readonly OutboundEntry[]> {
  const texts = await showRows(beside.rows, beside.deps.reads.leadsOf);
  const patients = persons.map((person) => ({
    ...person.patient,
    identifier: numbersOf(person).map(({ identifier }) => identifier),
  }));
  return [listing(persons), ...patients, ...texts.map(parseResource)].map((resource) => ({ resource }));
}

/** The answer as a List: outbound mappings make one group for each of its entries. */
function listing(persons: readonly FoundPerson[]): FhirResource {
  const entry = persons.map(({ id }) => ({ item: { reference: `Patient/${id}` } }));
  return { resourceType: 'List', id: 'answer', status: 'current', mode: 'snapshot', entry };
}
