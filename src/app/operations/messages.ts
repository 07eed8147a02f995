import { formatProblem, problem } from '../../core/problem.ts';
import { readMessage } from '../../hl7/read-message.ts';
import { journalPut, readJournal, type JournalRow } from '../../pipeline/journal.ts';
import type { FieldTerm, Store } from '../../store/port.ts';
import type { Engine } from '../engine.ts';
import {
  flagParam,
  numberParam,
  OperationFailed,
  textParam,
  type Line,
  type Operation,
  type Params,
} from './operation.ts';

const STATES = ['stored', 'done', 'failed', 'held'];

/** Search terms of the parameters `channel`, `state`, `since` and `until`. */
export function journalTerms(params: Params): readonly FieldTerm[] {
  const terms: FieldTerm[] = [];
  const channel = textParam(params, 'channel');
  const state = textParam(params, 'state');
  if (channel !== undefined) terms.push({ field: 'channel', op: 'eq', value: channel });
  if (state !== undefined) {
    if (!STATES.includes(state)) throw badParam(`state is one of ${STATES.join(', ')}`);
    terms.push({ field: 'state', op: 'eq', value: state });
  }
  for (const [name, op] of [
    ['since', 'ge'],
    ['until', 'lt'],
  ] as const) {
    const text = textParam(params, name);
    if (text === undefined) continue;
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) throw badParam(`${name} is a time such as 2026-11-21T08:00:00+08:00`);
    terms.push({ field: 'receivedAt', op, value: time });
  }
  return terms;
}

const badParam = (message: string): OperationFailed =>
  new OperationFailed(problem('operation.bad-parameter', `${message}.`));

/** Reads a journal row or ends the operation. */
export async function journalRow(store: Store, id: string): Promise<JournalRow> {
  const row = await store.get('journal', id);
  if (row === undefined) throw new OperationFailed(problem('pipeline.unknown-message', `There is no message ${id}.`));
  return readJournal(row);
}

/** A journal row as one line, without lists. */
function rowLine({ id, seq, entry }: JournalRow): Line {
  const { state, channel, event, control, receivedAt, problems, warnings, unmapped } = entry;
  const [first] = problems;
  return {
    id,
    seq,
    state,
    channel,
    event,
    control,
    receivedAt,
    warnings: warnings.length,
    unmapped: unmapped.length,
    ...(first === undefined ? {} : { problem: formatProblem(first) }),
  };
}

/** `messages.list`: newest first. Parameters: channel, state, since, until, limit. */
const list: Operation = {
  name: 'messages.list',
  summary: 'Messages with their state, newest first.',
  async *run({ store }: Engine, params) {
    const limit = Math.max(1, Math.min(10_000, numberParam(params, 'limit', 20)));
    const page = await store.find('journal', {
      where: journalTerms(params),
      order: [{ field: 'seq', descending: true }],
      limit,
    });
    for (const row of page.rows) yield rowLine(readJournal(row));
  },
};

/** `messages.show`: everything the journal knows of a message; `raw` adds its text. */
const show: Operation = {
  name: 'messages.show',
  summary: 'One message with its problems, warnings and unmapped fields.',
  async *run({ store, channel }: Engine, params) {
    const { id, rev, seq, entry } = await journalRow(store, textParam(params, 'id') ?? '');
    const line: Line = { id, rev, seq, ...entry };
    yield flagParam(params, 'raw') ? { ...line, text: await textOf(store, id, channel(entry.channel)?.charset) } : line;
  },
};

async function textOf(store: Store, id: string, charset: string | undefined): Promise<string> {
  const body = (await store.get('messages', id))?.body;
  if (!(body instanceof Uint8Array)) return '';
  const read = readMessage(body, charset === undefined ? {} : { channelDefault: charset });
  return read.ok ? read.value.segments.map((segment) => segment.text).join('\n') : Buffer.from(body).toString('latin1');
}

/** `messages.bytes`: what arrived, newest first, as base64; parameters as those of `messages.list`. */
const bytes: Operation = {
  name: 'messages.bytes',
  summary: 'Messages as they arrived, newest first.',
  async *run({ store, channel }: Engine, params) {
    const limit = Math.max(1, Math.min(10_000, numberParam(params, 'limit', 100)));
    const order = [{ field: 'seq', descending: true }];
    const page = await store.find('journal', { where: journalTerms(params), order, limit });
    for (const row of page.rows) {
      const { id, entry } = readJournal(row);
      const body = (await store.get('messages', id))?.body;
      if (!(body instanceof Uint8Array) || entry.contentType !== 'application/hl7-v2') continue;
      const { charset } = channel(entry.channel) ?? {};
      const { source, receivedAt } = entry;
      yield { id, source, receivedAt, charset, base64: Buffer.from(body).toString('base64') };
    }
  },
};

/** `messages.release`: lets what waits behind a failed message of a `stop-lane` channel go on. */
const release: Operation = {
  name: 'messages.release',
  summary: 'Lets the messages behind a failed one go on.',
  async *run({ store, queues }: Engine, params) {
    const row = await journalRow(store, textParam(params, 'id') ?? '');
    if (row.entry.state !== 'failed' && row.entry.state !== 'held') {
      throw new OperationFailed(
        problem('pipeline.not-replayable', `The message is ${row.entry.state}; nothing waits behind it.`),
      );
    }
    const committed = await store.commit({
      puts: [journalPut(row.id, { ...row.entry, released: true }, row.seq)],
      expect: [{ collection: 'journal', id: row.id, rev: row.rev }],
    });
    if (!committed.ok) {
      throw new OperationFailed(
        problem('pipeline.conflict', 'The message is being processed again; look at it once more.'),
      );
    }
    queues.get(row.entry.channel)?.release(row.id);
    yield rowLine(await journalRow(store, row.id));
  },
};

/** Operations on messages. */
export const MESSAGE_OPERATIONS: readonly Operation[] = [list, show, bytes, release];
