import { blockingKeys, HOT_KEY, numberKey } from '../../identity/blocking.ts';
import { judgePair, type Judgement } from '../../identity/judge.ts';
import type { MatchCopy } from '../../identity/match-copy.ts';
import type { NumberKey } from '../../identity/number-kinds.ts';
import type { Row } from '../../store/port.ts';
import type { RecordSettings } from '../contract.ts';
import type { SourceRecord } from './contract.ts';
import { pairId, type Pair } from './fact-rows.ts';
import type { Workspace } from './workspace.ts';

/** A phone or number that more than this many different people (name and birth date) carry is no evidence. */
const SHARED_BY = 5;
/** Of candidates by name alone no more than this are kept: a longer list tells a clerk nothing. */
const KEPT = 20;

/** What ties two records beside their copies. */
export interface AccessionTie {
  /** The record whose report names the other's order; absent where neither does. */
  readonly pointer?: string;
}

/**
 * Judges a record and its candidates and keeps the judgements.
 * @param about `search`: its matching fields are new or changed and its tickets taken, so candidates are drawn;
 * otherwise only the pairs of `ties` are judged
 */
export async function matchRecord(
  ws: Workspace,
  rec: string,
  about: { readonly search: boolean; readonly ties: ReadonlyMap<string, AccessionTie> },
): Promise<void> {
  const { search, ties } = about;
  const record = ws.record(rec);
  if (record === undefined) return;
  await ws.loadFacts([rec]);
  const known = search ? ws.pairsOf(rec).map((pair) => otherEnd(pair, rec)) : [];
  const found = search && matchingOf(ws.settings, record) !== 'off' ? await candidates(ws, record) : [];
  const others = await ws.load([...known, ...found, ...ties.keys()].filter((id) => id !== rec));
  // Read before judged: who else writes a judgement of the same two meets us at its row.
  await ws.draft.getMany(
    'links',
    others.map(({ id }) => pairId(rec, id)),
  );
  const hot = hotValues([record, ...others]);
  const judged = others.map((other) => judge(ws, { record, other, tie: ties.get(other.id), hot }));
  const best = new Map(keepBest(judged.flatMap((pair) => pair ?? [])).map((pair) => [pair.id, pair]));
  for (const { id } of others) ws.setPair(pairId(rec, id), best.get(pairId(rec, id)));
}

/** What the source of a record is configured to be matched like. */
function matchingOf(settings: RecordSettings, record: SourceRecord): 'auto' | 'review' | 'off' {
  return settings.sources[record.source]?.matching ?? 'auto';
}

async function candidates(ws: Workspace, record: SourceRecord): Promise<readonly string[]> {
  const { search } = blockingKeys(record.copy);
  if (search.length === 0) return [];
  const rows = await find(ws, search);
  if (rows.length <= HOT_KEY) return rows.map((row) => ws.adopt(row).id);
  const cool: Row[] = [];
  for (const key of search) {
    const under = await find(ws, [key]);
    if (under.length <= HOT_KEY) cool.push(...under);
  }
  return [...new Set(cool.map((row) => ws.adopt(row).id))];
}

async function find(ws: Workspace, keys: readonly string[]): Promise<readonly Row[]> {
  const { rows } = await ws.draft.find('sources', { all: [keys], limit: HOT_KEY + 1 });
  return rows;
}

interface Pairing {
  readonly record: SourceRecord;
  readonly other: SourceRecord;
  readonly tie: AccessionTie | undefined;
  readonly hot: ReadonlySet<string>;
}

function judge(ws: Workspace, { record, other, tie, hot }: Pairing): Pair | undefined {
  const known = ws.pair(pairId(record.id, other.id));
  const mode = modeOf(ws.settings, record, other);
  if (mode === 'off') return undefined;
  const accession = tie !== undefined || known?.accession === true;
  const number = sharedDomain(ws.settings, record, other, hot);
  const found = judgePair(record.copy, other.copy, { accession, number, hotPhones: hot });
  const judged = mode === 'review' ? onlyProposed(found) : found;
  // An accession number stays known even where it cannot link (yet): the copies may change.
  if (judged.verdict === 'none' && !accession) return undefined;
  const pointer = tie?.pointer ?? known?.pointer ?? carrier(record, other);
  return { ...namesOf(ws, record, other), ...judged, verdict: kept(judged.verdict), ...tied(accession, pointer) };
}

const kept = (verdict: Judgement['verdict']): Pair['verdict'] => (verdict === 'none' ? 'apart' : verdict);

function tied(accession: boolean, pointer: string | undefined): Pick<Pair, 'accession' | 'pointer'> {
  return { ...(accession ? { accession } : {}), ...(pointer === undefined ? {} : { pointer }) };
}

function modeOf(settings: RecordSettings, a: SourceRecord, b: SourceRecord): 'auto' | 'review' | 'off' {
  const modes = [a, b].map((one) => (one.state === 'deleted' ? 'off' : matchingOf(settings, one)));
  return modes.includes('off') ? 'off' : modes.includes('review') ? 'review' : 'auto';
}

function namesOf(
  ws: Workspace,
  record: SourceRecord,
  other: SourceRecord,
): Pick<Pair, 'id' | 'a' | 'b' | 'subject' | 'at' | 'message'> {
  const first = record.id < other.id;
  return {
    id: pairId(record.id, other.id),
    a: first ? record.id : other.id,
    b: first ? other.id : record.id,
    subject: isLater(record, other) ? record.id : other.id,
    at: ws.cause.at.toISOString(),
    message: ws.cause.id,
  };
}

/** A source that is only proposed for review: what a rule would link is asked. */
function onlyProposed(judged: Judgement): Judgement {
  return judged.verdict === 'link' ? { ...judged, verdict: 'review', guards: [...judged.guards, 'source'] } : judged;
}

/** Whether both carry the same number of a domain that somebody owns, or that one of the two is keyed by. */
function sharedDomain(settings: RecordSettings, a: SourceRecord, b: SourceRecord, hot: ReadonlySet<string>): boolean {
  const theirs = new Set(b.copy.numbers.map(numberKey));
  return a.copy.numbers.some(
    (number) =>
      theirs.has(numberKey(number)) &&
      !hot.has(numberKey(number)) &&
      // Two holders of a number that was issued again are not one patient of its domain.
      !(isKeyed(a, number) && isKeyed(b, number)) &&
      (isKeyed(a, number) || isKeyed(b, number) || isOwned(settings, number.namespace)),
  );
}

function isOwned(settings: RecordSettings, namespace: string): boolean {
  return Object.values(settings.sources).some(({ owns }) => owns.includes(namespace));
}

function isKeyed(record: SourceRecord, number: NumberKey): boolean {
  return record.key !== undefined && numberKey(record.key) === numberKey(number);
}

/** Of two records that share a number, the one that carries the other's own number. */
function carrier(a: SourceRecord, b: SourceRecord): string | undefined {
  const carries = (x: SourceRecord, y: SourceRecord): boolean => x.copy.numbers.some((number) => isKeyed(y, number));
  const [ab, ba] = [carries(a, b), carries(b, a)];
  return ab === ba ? undefined : ab ? a.id : b.id;
}

/** Phones (bare) and number keys that too many different people carry. */
function hotValues(records: readonly SourceRecord[]): ReadonlySet<string> {
  const people = new Map<string, Set<string>>();
  for (const { copy } of records) {
    const who = `${copy.names[0]?.text ?? ''}|${copy.birth?.date ?? ''}`;
    for (const value of [...copy.phones, ...copy.numbers.map(numberKey)]) {
      const set = people.get(value) ?? new Set<string>();
      people.set(value, set.add(who));
    }
  }
  return new Set([...people].filter(([, who]) => who.size > SHARED_BY).map(([value]) => value));
}

/** Later known: by first arrival, then id. */
function isLater(x: SourceRecord, y: SourceRecord): boolean {
  return x.firstAt === y.firstAt ? x.id > y.id : x.firstAt > y.firstAt;
}

function keepBest(pairs: readonly Pair[]): readonly Pair[] {
  const weak = (pair: Pair): boolean =>
    pair.verdict !== 'link' && pair.fields.birth === 'missing' && pair.fields.phone !== 'equal';
  const byName = pairs.filter((pair) => weak(pair) && pair.accession !== true);
  if (byName.length <= KEPT) return pairs;
  const best = [...byName].sort((x, y) => rank(x.fields) - rank(y.fields) || (x.id < y.id ? -1 : 1)).slice(0, KEPT);
  return [...pairs.filter((pair) => !byName.includes(pair)), ...best];
}

function rank({ name, sex }: Pair['fields']): number {
  return (name === 'equal' ? 0 : 2) + (sex === 'equal' ? 0 : 1);
}

const otherEnd = (pair: Pair, rec: string): string => (pair.a === rec ? pair.b : pair.a);

/** Every blocking key of a copy that was and of the one that is: whose tickets a change takes. */
export function keysOf(...copies: readonly (MatchCopy | undefined)[]): readonly string[] {
  return copies.flatMap((copy) => (copy === undefined ? [] : blockingKeys(copy).own));
}
