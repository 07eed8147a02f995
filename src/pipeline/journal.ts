import type { Problem } from '../core/problem.ts';
import type { UnmappedField } from '../mapping/result.ts';
import { jsonOf } from '../store/body.ts';
import type { Put, Row } from '../store/port.ts';

/** `stored`: durable, to be processed; `done`; `failed`: dead letter; `held`: waits for a person. */
export type MessageState = 'stored' | 'done' | 'failed' | 'held';

/** One write of a message of the FHIR endpoint, as it was carried out. */
export interface JournalWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly type: string;
  readonly id: string;
  /** Entry of the Bundle or line of the NDJSON; absent where the body is the resource itself. */
  readonly at?: number;
  /** A conditional create that found its resource and wrote nothing. */
  readonly existing?: true;
}

/** The journal row of a message: everything about its way, nothing of its content. */
export interface JournalEntry {
  readonly state: MessageState;
  readonly channel: string;
  readonly source: string;
  readonly contentType: string;
  readonly receivedAt: string;
  readonly peer: string;
  /** MSH-9.1^MSH-9.2, or what the content type has instead. */
  readonly event?: string;
  /** MSH-10. */
  readonly control?: string;
  /** Hash of channel, MSH-3, MSH-4 and MSH-10: finds re-sends. */
  readonly controlHash?: string;
  /** Hashes of the patient identifiers: messages that share one are processed in order. */
  readonly lanes: readonly string[];
  /** The sender was told yes. */
  readonly accepted: boolean;
  /** Unclean stops while this message alone was being processed. */
  readonly crashes: number;
  /** How often it was processed again on request. */
  readonly replays: number;
  readonly backfill?: true;
  /** Asked for by a replay: effects fire although the message is old. */
  readonly fire?: true;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly unmapped: readonly UnmappedField[];
  /** Hash of the mapping it was processed with. */
  readonly mapping?: string;
  readonly doneAt?: string;
  /** On a `stop-lane` channel: a person let the messages behind this one go on. */
  readonly released?: true;
  /** Review that a held message waits for. */
  readonly review?: string;
  /** Of a message of the FHIR endpoint: its writes, and by hash what its conditional references meant. */
  readonly writes?: readonly JournalWrite[];
  readonly names?: Readonly<Record<string, string>>;
  /** What breaks ties of its news where that is not the sequence of this row. */
  readonly order?: number;
}

/** A journal row as it is read. */
export interface JournalRow {
  readonly id: string;
  readonly rev: number;
  readonly seq: number;
  readonly entry: JournalEntry;
}

/** Reads a journal row back from the store. */
export function readJournal(row: Row): JournalRow {
  const seq = row.fields['seq'];
  return {
    id: row.id,
    rev: row.rev,
    seq: typeof seq === 'number' ? seq : 0,
    entry: jsonOf<JournalEntry>(row),
  };
}

/** Key under which re-sends of a message are found: same channel, MSH-3, MSH-4 and MSH-10. */
export const controlKey = (hash: string): string => `ctl|${hash}`;

/** The journal row of a message that was not here before, as it was committed: to be used instead of reading it. */
export interface FirstRow {
  readonly row: Row;
  readonly journal: JournalRow;
}

/** What the put of an entry has become: the store gave it `seq`. */
export function firstRow({ id, body, fields }: Put, entry: JournalEntry, seq: number): FirstRow {
  const rev = 1;
  return { row: { id, rev, body, fields: { ...fields, seq } }, journal: { id, rev, seq, entry } };
}

/**
 * The journal row as it is written. `at` is the sequence of an existing row, or `new` to be given the next one.
 * @param codes keys of the codes that tables lack (`unknown-codes.ts`)
 */
export function journalPut(id: string, entry: JournalEntry, at: number | 'new', codes: readonly string[] = []): Put {
  return {
    collection: 'journal',
    id,
    body: JSON.stringify(entry),
    keys: entry.controlHash === undefined ? codes : [controlKey(entry.controlHash), ...codes],
    fields: {
      channel: entry.channel,
      state: entry.state,
      receivedAt: new Date(entry.receivedAt),
      ...(at === 'new' ? {} : { seq: at }),
    },
    ...(at === 'new' ? { sequence: 'seq' } : {}),
  };
}
