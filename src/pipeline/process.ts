import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { problem, type Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { Applied, News, RecordWriter, Repeat } from '../record/contract.ts';
import { Draft } from '../store/draft.ts';
import type { Committed, Conflict, Store } from '../store/port.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import type { ChannelSettings } from '../core/channel-settings.ts';
import type { FollowUp, ReactContext } from './follow-up/contract.ts';
import type { Interpretation, Interpreter } from './interpreter.ts';
import type { Held } from './held-messages.ts';
import { controlKey, journalPut, readJournal, type FirstRow, type JournalEntry, type JournalRow } from './journal.ts';
import { noteUnknownCodes } from './unknown-codes.ts';
import { Repeats, type Known } from './repeats.ts';
import { Turnstile } from './turnstile.ts';

/** What processing needs; the two decisions that follow a message, and the parts that read its bytes. */
export interface ProcessDeps {
  readonly store: Store;
  readonly record: RecordWriter;
  readonly followUp: FollowUp;
  /** By content type. */
  readonly interpreters: ReadonlyMap<string, Interpreter>;
  readonly channel: (name: string) => ChannelSettings | undefined;
  /** Something became due; called after the commit. */
  readonly wake: () => void;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Waits that long before the next try; the jitter is the caller's. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** How processing of one message ended; `problem` says why it failed or is held. */
export interface Processed {
  readonly state: 'done' | 'failed' | 'held';
  readonly problem?: Problem;
  readonly warnings: readonly Problem[];
}

/** Contention never holds a message: after so many lost commits it runs alone. */
const CONFLICTS_BEFORE_ALONE = 8;

/** Characters kept of messages that are known to change nothing when they come again; some 2,000 each. */
const REPEATS = 4_000_000;

/** What is known of a message, kept over the tries to commit what it says. */
interface Reading {
  readonly held: Held | undefined;
  /** The journal row, which then need not be read for the first try; the commit still expects it. */
  first: FirstRow | undefined;
  read?: Result<Interpretation, Problem>;
}

/** News that are to be applied; `words` where they may come again. */
interface ToApply {
  readonly channel: ChannelSettings;
  readonly read: Interpretation;
  readonly words: string | undefined;
}

/** Carries messages from `stored` to `done`, `failed` or `held`; safe to call from any number of lanes at once. */
export class Processor {
  readonly #deps: ProcessDeps;
  readonly #turnstile = new Turnstile();
  readonly #repeats = new Repeats(REPEATS);

  constructor(deps: ProcessDeps) {
    this.#deps = deps;
  }

  /**
   * Processes one stored message to its end. Waits as long as the store is unavailable; never rejects.
   * @param held what is still in memory of it, else it is read
   */
  async process(id: string, held?: Held): Promise<Processed> {
    for (let wait = 50; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        return await this.#untilCommitted(id, { held, first: held?.journal });
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) return this.#fail(id, error);
        this.#deps.log.warn('store.unavailable', { message: id, retryMs: wait });
        await this.#deps.sleep(wait);
      }
    }
  }

  // Reading and mapping are pure: a lost commit decides again, it does not read again.
  async #untilCommitted(id: string, reading: Reading): Promise<Processed> {
    for (let conflicts = 0; conflicts < CONFLICTS_BEFORE_ALONE; conflicts += 1) {
      const outcome = await this.#turnstile.pass(() => this.#once(id, reading));
      if (outcome !== 'conflict') return outcome;
      this.#deps.metrics.count('jingluo_process_conflicts_total');
      await this.#deps.sleep(2 ** conflicts * (0.5 + Math.random()));
    }
    for (;;) {
      const outcome = await this.#turnstile.alone(() => this.#once(id, reading));
      if (outcome !== 'conflict') return outcome;
      await this.#deps.sleep(50 * (0.5 + Math.random()));
    }
  }

  async #once(id: string, reading: Reading): Promise<Processed | 'conflict'> {
    const { first } = reading;
    const draft = new Draft(this.#deps.store, { trusts: first !== undefined });
    reading.first = undefined;
    const journal = first === undefined ? await readRow(draft, id) : adopted(draft, first);
    if (journal === undefined) return { state: 'failed', warnings: [] };
    if (journal.entry.state !== 'stored') return { state: journal.entry.state, warnings: journal.entry.warnings };
    const channel = this.#deps.channel(journal.entry.channel);
    if (channel === undefined) return this.#end(draft, journal, { state: 'failed', problems: [noChannel(journal)] });
    const words = await this.#again(draft, journal, channel, reading);
    if (typeof words === 'object') return words.outcome;
    const read = (reading.read ??= await this.#interpret(journal, channel, reading.held));
    if (!read.ok) return this.#end(draft, journal, { state: 'failed', problems: [read.error] });
    return this.#apply(draft, journal, { channel, read: read.value, words });
  }

  /** Ends a message that says what an earlier one said, where that changes nothing still; else tells its words. */
  async #again(
    draft: Draft,
    journal: JournalRow,
    channel: ChannelSettings,
    { held }: Reading,
  ): Promise<{ readonly outcome: Processed | 'conflict' } | string | undefined> {
    if (held?.message === undefined || journal.entry.replays > 0) return undefined;
    const found = this.#deps.interpreters.get(journal.entry.contentType)?.recognise?.(stored(journal, channel, held));
    if (found === undefined) return undefined;
    const known = this.#repeats.get(channel, found.words);
    if (known === undefined) return found.words;
    const sequence = sequenceOf(journal);
    const repeat = await this.#deps.record.again(draft, known.repeat, { at: found.at, sequence });
    if (repeat === undefined) return found.words;
    const outcome = await this.#done(draft, journal, known.read, await this.#deps.store.now());
    this.#repeats.set(channel, found.words, outcome === 'conflict' ? undefined : { ...known, repeat });
    if (outcome !== 'conflict') this.#deps.metrics.count('jingluo_messages_repeated_total', { channel: channel.name });
    return { outcome };
  }

  async #interpret(
    journal: JournalRow,
    channel: ChannelSettings,
    held: Held | undefined,
  ): Promise<Result<Interpretation, Problem>> {
    const { contentType, writes, names } = journal.entry;
    const interpreter = this.#deps.interpreters.get(contentType);
    if (interpreter === undefined) return { ok: false, error: noInterpreter(contentType) } as const;
    const body = held?.bytes ?? (await this.#deps.store.get('messages', journal.id))?.body;
    if (!(body instanceof Uint8Array)) return { ok: false, error: bytesGone() } as const;
    return interpreter.interpret({
      ...stored(journal, channel, { ...held, bytes: body }),
      ...(writes === undefined ? {} : { writes }),
      ...(names === undefined ? {} : { names }),
    });
  }

  async #apply(draft: Draft, journal: JournalRow, { channel, read, words }: ToApply) {
    const applied = await this.#deps.record.apply(draft, newsOf(journal, channel, read));
    if (!applied.ok) {
      const held = applied.error;
      return this.#end(draft, journal, {
        state: 'held',
        problems: [held.held],
        ...(held.review === undefined ? {} : { review: held.review }),
      });
    }
    const backfill = isBackfill(journal, channel);
    const now = await this.#deps.store.now();
    const due = await this.#react(draft, journal, applied.value, { at: read.at, now, backfill });
    const warnings = [...read.warnings, ...applied.value.warnings];
    const outcome = await this.#done(draft, journal, { ...read, warnings }, now);
    if (outcome === 'conflict') return outcome;
    if (due !== undefined) this.#deps.wake();
    const { repeat } = applied.value;
    if (words !== undefined && read.isRepeatable === true)
      this.#repeats.set(channel, words, repeat === undefined ? undefined : knownOf(repeat, read));
    return outcome;
  }

  async #done(draft: Draft, journal: JournalRow, read: Known['read'], now: Date): Promise<Processed | 'conflict'> {
    const reused = await this.#reusedControlId(journal);
    const met = { source: journal.entry.source, message: journal.id, at: now };
    const codes = read.unknownCodes === undefined ? [] : await noteUnknownCodes(draft, met, read.unknownCodes);
    const end = {
      state: 'done' as const,
      doneAt: now.toISOString(),
      problems: [],
      ...listed([...reused, ...read.warnings], read.unmapped),
      mapping: read.mappingVersion,
    };
    const outcome = await this.#end(draft, journal, end, codes);
    if (outcome !== 'conflict') this.#countCodes(journal, read);
    return outcome;
  }

  /** Warns where the sender used the same MSH-10 for other content before. Only a warning rests on this search. */
  async #reusedControlId({ entry }: JournalRow): Promise<readonly Problem[]> {
    if (entry.controlHash === undefined || entry.replays > 0) return [];
    const count = await this.#deps.store.count('journal', { all: [controlKey(entry.controlHash)] });
    if (count < 2) return [];
    return [problem('pipeline.control-id-reused', 'MSH-10 was used before for other content.', { path: 'MSH-10' })];
  }

  #react(draft: Draft, journal: JournalRow, applied: Applied, how: Omit<ReactContext, 'cause'>) {
    const { changes, events, persons } = applied;
    if (changes.length === 0 && events.length === 0 && persons.length === 0) return Promise.resolve(undefined);
    return this.#deps.followUp.react(draft, applied, { cause: journal.id, ...how });
  }

  async #end(
    draft: Draft,
    journal: JournalRow,
    end: Pick<JournalEntry, 'state' | 'problems'> & Partial<JournalEntry>,
    codes: readonly string[] = [],
  ): Promise<Processed | 'conflict'> {
    const entry: JournalEntry = {
      ...journal.entry,
      ...end,
      crashes: 0,
      doneAt: end.doneAt ?? (await this.#deps.store.now()).toISOString(),
    };
    draft.put(journalPut(journal.id, entry, journal.seq, codes));
    const committed: Committed | Conflict = await draft.commit();
    if (!committed.ok) return 'conflict';
    this.#count(entry);
    const [first] = entry.problems;
    const state = entry.state === 'stored' ? 'failed' : entry.state;
    return { state, warnings: entry.warnings, ...(first === undefined ? {} : { problem: first }) };
  }

  #countCodes({ entry }: JournalRow, { unknownCodes = [] }: Known['read']): void {
    for (const { table } of unknownCodes)
      this.#deps.metrics.count('jingluo_unknown_codes_total', { source: entry.source, table });
  }

  #count(entry: JournalEntry): void {
    const { metrics, log } = this.#deps;
    metrics.count('jingluo_messages_processed_total', { channel: entry.channel, state: entry.state });
    if (entry.state === 'failed') log.warn('message.failed', { channel: entry.channel, code: entry.problems[0]?.code });
  }

  async #fail(id: string, error: unknown): Promise<Processed> {
    // A fault of ours: the text of the error may quote the message, so only its kind and place go to the log.
    const fault = problem('pipeline.bug', `Processing met ${nameOf(error)}.`);
    this.#deps.log.error('message.bug', { message: id, fault: nameOf(error), at: placeOf(error) });
    for (;;) {
      try {
        const draft = new Draft(this.#deps.store);
        const journal = await readRow(draft, id);
        if (journal === undefined) return { state: 'failed', problem: fault, warnings: [] };
        const outcome = await this.#end(draft, journal, { state: 'failed', problems: [fault] });
        if (outcome !== 'conflict') return outcome;
      } catch (again) {
        this.#deps.log.error('message.bug-not-recorded', { message: id, fault: nameOf(again) });
      }
      await this.#deps.sleep(1_000);
    }
  }
}

async function readRow(draft: Draft, id: string): Promise<JournalRow | undefined> {
  const row = await draft.get('journal', id);
  return row === undefined ? undefined : readJournal(row);
}

function adopted(draft: Draft, { row, journal }: FirstRow): JournalRow {
  draft.adopt('journal', [row]);
  return journal;
}

function newsOf(journal: JournalRow, channel: ChannelSettings, read: Interpretation): News {
  return {
    message: journal.id,
    channel: channel.name,
    source: read.rest === true ? journal.entry.source : channel.source,
    at: read.at,
    sequence: sequenceOf(journal),
    receivedAt: new Date(journal.entry.receivedAt),
    mappingVersion: read.mappingVersion,
    patches: read.patches,
    directives: read.directives,
    snapshots: read.snapshots,
    ...(journal.entry.replays > 0 ? { replay: true } : {}),
    ...(read.rest === true ? { rest: true } : {}),
  };
}

/** A message as an interpreter gets it. */
function stored(journal: JournalRow, channel: ChannelSettings, { bytes, message }: Pick<Held, 'bytes' | 'message'>) {
  const about = { id: journal.id, bytes, receivedAt: new Date(journal.entry.receivedAt), channel };
  return message === undefined ? about : { ...about, message };
}

/** What is kept of a message that changed nothing: all that it rested on but its own journal row, and what that row tells. */
function knownOf(repeat: Repeat, { warnings, unmapped, unknownCodes = [], mappingVersion }: Interpretation): Known {
  const basis = repeat.basis.filter(({ collection }) => collection !== 'journal');
  return { repeat: { ...repeat, basis }, read: { warnings, unmapped, unknownCodes, mappingVersion } };
}

const sequenceOf = ({ entry, seq }: JournalRow): number => entry.order ?? seq;

/** Longest list in a journal row; of longer ones the number is told, and the message itself holds the rest. */
const MOST_LISTED = 1_000;

function listed(
  warnings: readonly Problem[],
  unmapped: Interpretation['unmapped'],
): Pick<JournalEntry, 'warnings' | 'unmapped'> {
  if (warnings.length <= MOST_LISTED && unmapped.length <= MOST_LISTED) return { warnings, unmapped };
  const counts = `${warnings.length} warnings, ${unmapped.length} unmapped fields; the first ${MOST_LISTED} are listed.`;
  const cut = problem('pipeline.lists-cut', counts);
  return { warnings: [cut, ...warnings.slice(0, MOST_LISTED)], unmapped: unmapped.slice(0, MOST_LISTED) };
}

/** Historical loads and replays write the record but message nobody, unless asked to. */
function isBackfill({ entry }: JournalRow, channel: ChannelSettings): boolean {
  return entry.fire !== true && (channel.backfill || entry.backfill === true || entry.replays > 0);
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** First frame of our own code: file and line, no values. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frame = (error.stack ?? '').split('\n').find((line) => /^\s+at .*\.(ts|js):\d+/.test(line));
  return frame === undefined ? undefined : /[^/\\]+\.(?:ts|js):\d+:\d+/.exec(frame)?.[0];
}

const noChannel = (journal: JournalRow): Problem =>
  problem('pipeline.unknown-channel', `No channel "${journal.entry.channel}" is configured any more.`);

const noInterpreter = (contentType: string): Problem =>
  problem('pipeline.unknown-content-type', `Nothing here reads messages of type ${contentType}.`);

const bytesGone = (): Problem => problem('pipeline.bytes-missing', 'The bytes of the message are not in the store.');
