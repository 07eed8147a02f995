import type { ChangeSet, Put } from '../port.ts';
import type { SqlRow } from './binding.ts';
import { encodeBody, encodeFields, encodeRanges } from './codec.ts';
import { layoutOf } from './layout.ts';

// What passes between the thread of the engine and the thread of the writer: flat tuples, cheap to copy.

/** A put; without `keys` it is one of the body alone. `sequence` is the place of the field that the store fills, -1 for none. */
export type WirePut = readonly [
  layout: number,
  id: string,
  body: string | Uint8Array,
  note: string | null,
  keys: readonly string[] | null,
  ordered: string | null,
  ranges: string | null,
  sequence: number,
  fields: readonly (string | number | null)[],
];

/** The name of a row. */
export type WireName = readonly [layout: number, id: string];

/** An expectation. */
export type WireExpectation = readonly [layout: number, id: string, rev: number];

/** A commit. */
export type CommitJob = readonly [
  kind: 'commit',
  puts: readonly WirePut[],
  deletes: readonly WireName[],
  expectations: readonly WireExpectation[],
];

/** A claim; times in UTC milliseconds. */
export type ClaimJob = readonly [
  kind: 'claim',
  layout: number,
  due: number,
  owner: string,
  now: number,
  until: number,
  limit: number,
];

/** One request to the writer. */
export type Job = CommitJob | ClaimJob;

/** What became of a request. */
export type Outcome =
  | readonly [kind: 'done', sequences: readonly number[], deleted: readonly boolean[]]
  | readonly [kind: 'conflict', layout: number, id: string]
  | readonly [kind: 'claimed', rows: readonly SqlRow[]]
  | readonly [kind: 'failed', reason: string];

/** To the writer: requests in the order they were made, at a time of the store's clock. */
export type ToWriter = readonly [kind: 'work', now: number, jobs: readonly Job[]] | readonly [kind: 'close'];

/** From the writer: how it started, and the outcomes of one `work` in its order. */
export type FromWriter =
  | readonly [kind: 'ready']
  | readonly [kind: 'refused', code: string, message: string]
  | readonly [kind: 'outcomes', outcomes: readonly Outcome[]];

/** What a writer thread is started with. */
export interface WriterSettings {
  readonly file: string;
  /** Pages that the file may have; 0 for no limit. */
  readonly maxPages: number;
}

/** A change set as it is handed to the writer. */
export function encodeCommit({ puts = [], deletes = [], expect = [] }: ChangeSet): CommitJob {
  return [
    'commit',
    puts.map(encodePut),
    deletes.map(({ collection, id }) => [layoutOf(collection).index, id]),
    expect.map(({ collection, id, rev }) => [layoutOf(collection).index, id, rev]),
  ];
}

function encodePut({ collection, id, body, note, keys, ordered, fields = {}, sequence, bodyOnly }: Put): WirePut {
  const layout = layoutOf(collection);
  return [
    layout.index,
    id,
    encodeBody(body),
    note ?? null,
    bodyOnly === true ? null : (keys ?? []),
    ordered === undefined || ordered.length === 0 ? null : JSON.stringify(ordered),
    encodeRanges(fields),
    sequence === undefined ? -1 : layout.fields.findIndex(({ name }) => name === sequence),
    encodeFields(layout.fields, fields),
  ];
}
