import { formatProblem, problem } from '../../core/problem.ts';
import { journalPut, readJournal, type JournalEntry, type JournalRow } from '../../pipeline/journal.ts';
import type { Processed } from '../../pipeline/process.ts';
import type { Engine } from '../engine.ts';
import { journalRow, journalTerms } from './messages.ts';
import { flagParam, listParam, OperationFailed, type Line, type Operation, type Params } from './operation.ts';

/** Messages under way side by side; the lanes keep the order of each patient. */
const WINDOW = 64;

/**
 * `replay`: processes messages again, by `ids` or by time, channel and state, in the order of their arrival. Yields one
 * line a message, then the count.
 */
const replay: Operation = {
  name: 'replay',
  summary: 'Processes messages again through the mappings as they are now.',
  async *run(engine: Engine, params) {
    const fire = flagParam(params, 'fire');
    let done = 0;
    const running: Promise<Line>[] = [];
    for await (const row of chosen(engine, params)) {
      running.push(again(engine, row, fire));
      if (running.length >= WINDOW) {
        const line = await running.shift();
        done += 1;
        if (line !== undefined) yield line;
      }
    }
    for (const line of await Promise.all(running)) {
      done += 1;
      yield line;
    }
    yield { done };
  },
};

async function* chosen({ store }: Engine, params: Params): AsyncIterable<JournalRow> {
  const ids = listParam(params, 'ids');
  if (ids.length > 0) {
    for (const id of ids) yield await journalRow(store, id);
    return;
  }
  const where = journalTerms(params);
  if (where.length === 0) {
    throw new OperationFailed(problem('operation.bad-parameter', 'Say which: ids, --since, --channel or --state.'));
  }
  let after: string | undefined;
  do {
    const page = await store.find('journal', {
      where,
      order: [{ field: 'seq' }],
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page.rows) yield readJournal(row);
    after = page.next;
  } while (after !== undefined);
}

/** A replay of a message that has run before; `fire` lets its effects happen although it is old. */
export function again(engine: Engine, row: JournalRow, fire: boolean): Promise<Line> {
  const replays = row.entry.replays + 1;
  return processAgain(engine, row, { ...withoutMarks(row.entry), replays, ...(fire ? { fire: true } : {}) });
}

/** The entry without what an earlier replay or release said. */
function withoutMarks(entry: JournalEntry): JournalEntry {
  const copy: { -readonly [Name in keyof JournalEntry]: JournalEntry[Name] } = { ...entry };
  delete copy.fire;
  delete copy.released;
  return copy;
}

/** Lets a message that was held run now: what it says is news, so its effects fire. */
export async function runHeld(engine: Engine, id: string): Promise<Line> {
  const row = await journalRow(engine.store, id);
  if (row.entry.state !== 'held') return { id, state: row.entry.state };
  return processAgain(engine, row, row.entry);
}

/** Puts the message back to `stored` and processes it, in its channel's lanes where they run here. */
async function processAgain({ store, queues, processor }: Engine, row: JournalRow, as: JournalEntry): Promise<Line> {
  const { id, seq, entry } = row;
  if (entry.state === 'stored') return { id, state: 'stored', problem: 'is about to be processed' };
  const next: JournalEntry = { ...as, state: 'stored', problems: [] };
  const committed = await store.commit({
    puts: [journalPut(id, next, seq)],
    expect: [{ collection: 'journal', id, rev: row.rev }],
  });
  if (!committed.ok) return { id, state: entry.state, problem: 'somebody else is processing it' };
  const queue = queues.get(entry.channel);
  const processed =
    queue === undefined
      ? await processor.process(id)
      : await new Promise<Processed>((resolve) => {
          queue.offer({ id, seq, lanes: entry.lanes }, undefined, resolve);
        });
  const { state, problem: found } = processed;
  return { id, state, ...(found === undefined ? {} : { problem: formatProblem(found) }) };
}

/** Operations that process messages again. */
export const REPLAY_OPERATIONS: readonly Operation[] = [replay];
