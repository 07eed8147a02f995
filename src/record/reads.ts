import type { FhirResource } from '../fhir/patch.ts';
import { Draft } from '../store/draft.ts';
import { encodeCursor, positionOf } from '../store/order.ts';
import type { FieldTerm, Order, Row, Store } from '../store/port.ts';
import type { PersonView } from './contract.ts';
import { throughAliases } from './identify/aliases.ts';
import { readSource } from './identify/source-row.ts';
import { personOf, personsOf } from './people.ts';
import { rowId, versionOf } from './versions.ts';

/** A page of versions, newest first; `next` holds the places in both collections. */
interface HistoryPage {
  readonly rows: readonly Row[];
  readonly next?: string;
}

/** What the history of one resource or of one type is asked for. */
export interface HistoryQuestion {
  readonly type: string;
  /** Absent: of all resources of the type. */
  readonly id?: string;
  readonly limit: number;
  readonly since?: Date;
  readonly after?: string;
}

/** Reads of the record for those who show it; nothing is decided on them. */
export interface RecordReads {
  /** The row of a resource, deleted ones included. */
  current(type: string, id: string): Promise<Row | undefined>;
  /** One version, as it was shown. */
  version(type: string, id: string, version: number): Promise<Row | undefined>;
  history(question: HistoryQuestion): Promise<HistoryPage>;
  /** Where the id of a Patient leads that was replaced by another; undefined where it was not. */
  alias(patient: string): Promise<string | undefined>;
  /** The person of a source record; undefined where nobody knows it. */
  readonly personOf: (rec: string) => Promise<PersonView | undefined>;
  /** The leads of source records, in one read; unknown ids are missing in the answer. */
  readonly leadsOf: (recs: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The members' Patients as their sources know them. */
  sources(members: readonly string[]): Promise<readonly FhirResource[]>;
}

const NEWEST: readonly Order[] = [{ field: 'lastUpdated', descending: true }];
const NOTHING_MORE = '';

/** Reads over a store. */
export function createRecordReads(store: Store): RecordReads {
  return {
    current: (type, id) => store.get('resources', rowId(type, id)),
    async version(type, id, version) {
      const row = await store.get('resources', rowId(type, id));
      if (row !== undefined && versionOf(row) === version) return row;
      return store.get('history', `${rowId(type, id)}/${version}`);
    },
    history: (question) => readHistory(store, question),
    async alias(patient) {
      const to = (await throughAliases(new Draft(store), [patient])).get(patient);
      return to === patient ? undefined : to;
    },
    personOf: (rec) => personOf(new Draft(store), rec),
    leadsOf: (recs) => personsOf(new Draft(store), recs),
    async sources(members) {
      const rows = await store.getMany('sources', members);
      return rows.flatMap((row) => (row === undefined ? [] : [readSource(row).patient]));
    },
  };
}

/** Current and superseded versions stand in two collections: each is read on its own and both are merged by time. */
async function readHistory(store: Store, question: HistoryQuestion): Promise<HistoryPage> {
  const [afterNow, afterOld] = (question.after ?? '|').split('|');
  const [now, old] = await Promise.all([
    question.after !== undefined && afterNow === NOTHING_MORE ? [] : currentRows(store, question, afterNow),
    question.after !== undefined && afterOld === NOTHING_MORE ? [] : oldRows(store, question, afterOld),
  ]);
  const rows = [...now, ...old].sort(newestFirst).slice(0, question.limit);
  const rest = (list: readonly Row[], start: string | undefined, most: number): string => {
    const taken = list.filter((row) => rows.includes(row));
    if (taken.length === list.length && list.length < most) return NOTHING_MORE;
    const last = taken.at(-1);
    // Nothing taken yet: begin again at the same place; the start of a list is a cursor before every row.
    return last === undefined
      ? start === undefined || start === ''
        ? BEGINNING
        : start
      : encodeCursor(positionOf(last, NEWEST));
  };
  // One resource has one current row.
  const next = `${rest(now, afterNow, question.id === undefined ? question.limit : 2)}|${rest(old, afterOld, question.limit)}`;
  return next === '|' ? { rows } : { rows, next };
}

/** Stands for "from the first row". */
const BEGINNING = '-';

async function currentRows(
  store: Store,
  question: HistoryQuestion,
  after: string | undefined,
): Promise<readonly Row[]> {
  const { type, id, limit, since } = question;
  if (id !== undefined) {
    const row = await store.get('resources', rowId(type, id));
    return row === undefined || (since !== undefined && updated(row) < since.getTime()) ? [] : [row];
  }
  const types: FieldTerm = { field: 'type', op: 'in', value: [type, `-${type}`, `~${type}`] };
  return (
    await store.find('resources', { where: [types, ...sinceTerms(since)], order: NEWEST, limit, ...cursor(after) })
  ).rows;
}

async function oldRows(store: Store, question: HistoryQuestion, after: string | undefined): Promise<readonly Row[]> {
  const { type, id, limit, since } = question;
  const of: FieldTerm =
    id === undefined
      ? { field: 'type', op: 'in', value: [type, `-${type}`] }
      : { field: 'of', op: 'eq', value: rowId(type, id) };
  const where = [of, ...sinceTerms(since)];
  return (await store.find('history', { where, order: NEWEST, limit, ...cursor(after) })).rows;
}

function sinceTerms(since: Date | undefined): readonly FieldTerm[] {
  return since === undefined ? [] : [{ field: 'lastUpdated', op: 'ge', value: since }];
}

function cursor(after: string | undefined): { readonly after?: string } {
  return after === undefined || after === '' || after === BEGINNING ? {} : { after };
}

function updated(row: Row): number {
  const { lastUpdated } = row.fields;
  return lastUpdated instanceof Date ? lastUpdated.getTime() : 0;
}

/** Versions of one instant (a merge writes several) stand newest version first. */
function newestFirst(a: Row, b: Row): number {
  return updated(b) - updated(a) || versionOf(b) - versionOf(a);
}
