import type { ChannelSettings } from '../../core/channel-settings.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isObject, listOf } from '../../fhir/json.ts';
import type { OutboundEntry } from '../../mapping/outbound/contract.ts';
import { resourceOf } from '../../record/row-values.ts';
import { search, type SearchPage } from '../../record/search/search.ts';
import {
  includes,
  isKnownSystem,
  systemOfNumber,
  unknownDomain,
  visibleSystems,
  wantedSystems,
  type DomainDeps,
  type Systems,
} from './domains.ts';
import { criteriaOf, escaped, type AskedKey, type Criteria, type Parameter } from './parameters.ts';
import { currentNumbers, entriesOf, numbersIn, personsOf, type FoundPerson, type PersonDeps } from './persons.ts';
import type { Query } from './query.ts';

/** What finding needs. */
export type FindDeps = DomainDeps & PersonDeps;

/** What was found for a query. */
export interface Found {
  /** Ids of the persons that are told of, in the order of the answer. */
  readonly persons: readonly string[];
  /** What the outbound mapping of the answer is made of. */
  readonly entries: readonly OutboundEntry[];
  /** Persons that match in all; those told of up to here, this answer included. */
  readonly total: number;
  readonly told: number;
  /** Where the next answer begins, if there is more (DSC-1). */
  readonly pointer?: string;
}

type Finding = Promise<Result<Found, readonly Problem[]>>;

/** Persons in one answer at most. */
const MOST_PERSONS = 100;

/** What is told of a person beside the Patient. */
const BESIDE: readonly Parameter[] = [
  ['_include', 'Patient:general-practitioner'],
  ['_revinclude', 'RelatedPerson:patient'],
];

/** Finds whom a query asks about, as far as the channel may see them. */
export async function find(query: Query, channel: ChannelSettings, deps: FindDeps): Finding {
  const visible = visibleSystems(channel);
  if (query.kind === 'candidates') return findCandidates(query, visible, deps);
  const system = systemOfNumber(query.number, channel);
  if (!(await isKnownSystem(system, visible, deps))) return err([unknownDomain('QPD-3.4')]);
  const wanted = await wantedSystems(query.domains, visible, deps);
  if (!wanted.ok) return wanted;
  const holder = await findHolder(query, system, deps);
  if (!holder.ok) return err([holder.error]);
  if (holder.value === undefined) {
    // A demographics query that finds nobody is no error (HL7 v2.8.2 chapter 5.4.5), one for the numbers is (IHE).
    if (query.kind === 'demographics') return ok(NOBODY);
    return err([problem('pipeline.query-key-unknown', 'Nobody has this number.', { path: 'QPD-3.1' })]);
  }
  const { person, included } = holder.value;
  const { value } = query.number;
  const numbers = currentNumbers(person, wanted.value).filter(
    (one) => query.kind === 'demographics' || one.system !== system || one.value !== value,
  );
  if (query.kind === 'numbers' && numbers.length === 0) return ok(NOBODY);
  const entries = await entriesOf([person], () => numbers, { rows: included, deps });
  return ok({ persons: [person.id], entries, total: 1, told: 1 });
}

const NOBODY: Found = { persons: [], entries: [], total: 0, told: 0 };

interface Holder {
  readonly person: FoundPerson;
  readonly included: SearchPage['included'];
}

/** The one person who has a number now; who had it before it was merged or given to somebody else counts last. */
async function findHolder(
  { kind: asked, number: { value, kind } }: Query & { kind: 'numbers' | 'demographics' },
  system: string,
  deps: FindDeps,
): Promise<Result<Holder | undefined, Problem>> {
  const number: Parameter = ['identifier', `${escaped(system)}|${escaped(value)}`];
  const page = await searchPatients([number, ['_count', '20'], ...(asked === 'numbers' ? [] : BESIDE)], deps);
  if (!page.ok) return page;
  const persons = await personsOf(page.value.matches, deps);
  const isAsked = (one: { system: string; value: string; kind: string }): boolean =>
    one.system === system && one.value === value && (kind === '' || one.kind === kind || one.kind === '');
  const holds = ({ records }: FoundPerson, closed: boolean): boolean =>
    records.some((record) => (closed || record.closed === undefined) && numbersIn(record.patient).some(isAsked));
  const [current, former] = [persons.filter((one) => holds(one, false)), persons.filter((one) => holds(one, true))];
  const holders = [current, former, persons].find((list) => list.length > 0) ?? [];
  if (holders.length > 1) {
    const message = 'Several persons have this number.';
    return err(problem('pipeline.query-key-ambiguous', message, { path: 'QPD-3.1' }));
  }
  const [person] = holders;
  return ok(person === undefined ? undefined : { person, included: page.value.included });
}

async function findCandidates(query: Query & { kind: 'candidates' }, visible: Systems, deps: FindDeps): Finding {
  const wanted = await wantedSystems(query.domains, visible, deps);
  if (!wanted.ok) return wanted;
  const criteria = criteriaOf(query.fields);
  if (!criteria.ok) return err([criteria.error]);
  const place = placeOf(query);
  if (place === undefined) return err([badPointer()]);
  const parameters = await parametersOf(criteria.value, { visible, wanted: wanted.value }, deps);
  if (parameters === undefined) return ok(NOBODY);
  const { told, count, cursor } = place;
  const paging: Parameter[] = [['_count', String(count)], ...BESIDE];
  if (cursor !== undefined) paging.push(['_cursor', cursor]);
  const page = await searchPatients([...parameters, ...paging], deps);
  if (!page.ok) return err([page.error.code === 'fhir.search-cursor-invalid' ? badPointer() : unreadable()]);
  const { matches, included, next } = page.value;
  const total = place.total ?? page.value.total ?? (await countOf(parameters, deps));
  const persons = await personsOf(matches, deps);
  const entries = await entriesOf(persons, (person) => currentNumbers(person, wanted.value), { rows: included, deps });
  const upTo = told + persons.length;
  return ok({
    persons: persons.map(({ id }) => id),
    entries,
    told: upTo,
    total,
    ...(next === undefined ? {} : { pointer: `${upTo}-${count}-${total}-${next}` }),
  });
}

/** All matches. Counting those of a common name takes longer than finding some: it is done for the first answer alone. */
async function countOf(parameters: readonly Parameter[], deps: FindDeps): Promise<number> {
  const counted = await searchPatients([...parameters, ['_summary', 'count']], deps);
  return (counted.ok ? counted.value.total : undefined) ?? 0;
}

/** The search; undefined where it cannot find anybody: a number of a domain that is not seen, or of no account. */
async function parametersOf(
  { parameters, numbers, accounts }: Criteria,
  { visible, wanted }: { readonly visible: Systems; readonly wanted: Systems },
  deps: FindDeps,
): Promise<readonly Parameter[] | undefined> {
  const identifiers = identifierParameters(numbers, visible);
  if (identifiers === undefined) return undefined;
  const domains = wanted === 'all' ? [] : (identifierParameters([{ value: '' }], wanted) ?? []);
  const all = [...identifiers, ...parameters, ...domains];
  if (accounts.length === 0) return all;
  const ids = await accountHolders(accounts, visible, deps);
  return ids.length === 0 ? undefined : [...all, ['_id', ids.join(',')]];
}

/** Numbers as parameters of a search, in what may be seen; undefined where one is of a system that may not. */
function identifierParameters(keys: readonly AskedKey[], visible: Systems): readonly Parameter[] | undefined {
  const found: Parameter[] = [];
  for (const { system, value } of keys) {
    if (system !== undefined && !includes(visible, system)) return undefined;
    const systems = system !== undefined ? [system] : visible === 'all' ? undefined : [...visible];
    const alternatives = systems?.map((one) => `${escaped(one)}|${escaped(value)}`) ?? [escaped(value)];
    found.push(['identifier', alternatives.join(',')]);
  }
  return found;
}

/** Whose account has these numbers. */
async function accountHolders(
  accounts: readonly AskedKey[],
  visible: Systems,
  { searching }: FindDeps,
): Promise<readonly string[]> {
  const numbers = identifierParameters(accounts, visible);
  if (numbers === undefined) return [];
  const parameters: readonly Parameter[] = [...numbers, ['_count', '100']];
  const page = await search({ type: 'Account', parameters, base: '', now: await searching.store.now() }, searching);
  if (!page.ok) return [];
  const ids = page.value.matches
    .flatMap((row) => listOf(resourceOf(row)['subject']))
    .flatMap((subject) => {
      const reference = isObject(subject) ? subject['reference'] : undefined;
      return typeof reference === 'string' && reference.startsWith(PATIENT) ? [reference.slice(PATIENT.length)] : [];
    });
  return [...new Set(ids)];
}

const PATIENT = 'Patient/';

async function searchPatients(
  parameters: readonly Parameter[],
  { searching }: FindDeps,
): Promise<Result<SearchPage, Problem>> {
  return search({ type: 'Patient', parameters, base: '', now: await searching.store.now() }, searching);
}

interface PagePlace {
  readonly told: number;
  readonly count: number;
  /** Matches, as they were counted for the first answer. */
  readonly total?: number;
  readonly cursor?: string;
}

/** Where an answer begins: DSC-1 holds what was told already, how much an answer holds, what there was, and the place. */
function placeOf({ pointer, limit }: Query & { kind: 'candidates' }): PagePlace | undefined {
  const count = Math.min(limit ?? MOST_PERSONS, MOST_PERSONS);
  if (pointer === undefined) return { told: 0, count };
  const match = /^([1-9]\d{0,8})-([1-9]\d{0,2})-(\d{1,9})-([\w.-]+)$/u.exec(pointer);
  if (match === null) return undefined;
  const [told = 0, size = 0, total = 0] = match.slice(1, 4).map(Number);
  return { told, count: Math.min(size, MOST_PERSONS), total, cursor: match[4] ?? '' };
}

const badPointer = (): Problem =>
  problem('pipeline.query-invalid', 'The continuation pointer does not belong to this query.', { path: 'DSC-1' });

const unreadable = (): Problem =>
  problem('pipeline.query-invalid', 'The query cannot be searched by.', { path: 'QPD-3' });
