import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Log } from '../core/log.ts';
import type { Answer, Delivery, RawMessage } from '../core/message.ts';
import type { Metrics } from '../core/metrics.ts';
import { problem, type Problem } from '../core/problem.ts';
import type { MappingSet } from '../mapping/contract.ts';
import type { Store } from '../store/port.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import { CDA, examineDocument } from './cda/examine.ts';
import type { ChannelQueue } from './channel-queue.ts';
import { acknowledge, applicationAcknowledge, isEnhanced, wantsApplicationAck } from './hl7/acknowledge.ts';
import { examine, headerOf, type Examined } from './hl7/examine.ts';
import { missingKeyFields } from './hl7/key-fields.ts';
import { entryOf, messageId, messagePut } from './intake-rows.ts';
import { heldOf } from './held-messages.ts';
import type { Queries } from './queries/queries.ts';
import { firstRow, journalPut, readJournal, type FirstRow, type JournalEntry, type JournalRow } from './journal.ts';
import type { Processed } from './process.ts';

/** What intake needs. */
export interface IntakeDeps {
  readonly store: Store;
  readonly mappings: () => MappingSet;
  readonly queue: (channel: string) => ChannelQueue | undefined;
  /** Answers queries, which are not kept; absent: they are messages like any other. */
  readonly queries?: Queries;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Bytes on their way into the store above which channels stop reading. */
const PENDING_BYTES = 64 * 1024 * 1024;

/** How long after the last refusal the store is called full where nobody sends any more. */
const REFUSING_MS = 10_000;

/** Takes HL7 v2 messages in: makes the bytes durable, then answers, then hands them to the channel's lanes. */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #waiting: (() => void)[] = [];
  #pending = 0;
  #refusedAt: number | undefined;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /**
   * Takes one message of a channel. Resolves when the channel may read on: at once while the backlog is below its
   * limit. Messages of one caller are committed in the order of the calls. Never rejects.
   */
  async take(delivery: Delivery, channel: ChannelSettings): Promise<void> {
    const { bytes, contentType } = delivery.message;
    const examined = contentType === CDA ? examineDocument(bytes, channel) : examine(bytes, channel);
    this.#pending += delivery.message.bytes.length;
    void this.#store(delivery, channel, examined)
      .catch(async (error: unknown) => {
        if (error instanceof StoreUnavailable) return this.#refuse(delivery);
        this.#deps.log.error('intake.failed', {
          channel: channel.name,
          fault: error instanceof Error ? error.name : '',
        });
        await delivery.answer(unavailable());
      })
      .finally(() => {
        this.#pending -= delivery.message.bytes.length;
        for (const resolve of this.#waiting.splice(0)) resolve();
      });
    while (this.#pending > PENDING_BYTES) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.#deps.queue(channel.name)?.room();
  }

  /** True from the moment the store could not keep a message until it keeps one, or nothing came for a while. */
  get isRefusing(): boolean {
    return this.#refusedAt !== undefined && performance.now() - this.#refusedAt < REFUSING_MS;
  }

  async #store(delivery: Delivery, channel: ChannelSettings, examined: Examined): Promise<void> {
    const answering = this.#deps.queries?.answer(examined, delivery, channel);
    if (answering !== undefined) return answerQuery(delivery, examined, { channel, answer: await answering });
    const processing = examined.header?.processingId ?? '';
    if (processing === 'T' || processing === 'D') return this.#takeTest(delivery, channel, examined);
    const refusal = refusalOf(examined, channel, this.#deps.mappings());
    const entry = entryOf(delivery.message, channel, { examined, refusal });
    const id = messageId(delivery.message, examined);
    const again = await this.#commit(delivery.message, id, entry);
    if (again.kind === 'known') return this.#takeAgain(delivery, channel, { examined, known: again.row });
    const at = delivery.message.receivedAt;
    const { seq, row } = again;
    await this.#answer({ delivery, channel, examined, id, seq, row, entry, at, refusal });
  }

  /** Commits bytes and journal row, unless they are here already. */
  async #commit(
    message: RawMessage,
    id: string,
    entry: JournalEntry,
  ): Promise<{ kind: 'new'; seq: number; row: FirstRow } | { kind: 'known'; row: JournalRow }> {
    const { store, metrics } = this.#deps;
    const put = journalPut(id, entry, 'new');
    const committed = await store.commit({
      puts: [messagePut(id, message), put],
      expect: [{ collection: 'journal', id, rev: 0 }],
    });
    this.#refusedAt = undefined;
    metrics.count('jingluo_messages_received_total', { channel: entry.channel });
    if (committed.ok) {
      const seq = committed.sequences[0] ?? 0;
      return { kind: 'new', seq, row: firstRow(put, entry, seq) };
    }
    const row = await store.get('journal', id);
    if (row !== undefined) return { kind: 'known', row: readJournal(row) };
    return this.#commit(message, id, entry);
  }

  /** Nothing was kept: no answer, counted, and the log told once. */
  async #refuse(delivery: Delivery): Promise<void> {
    const { log, metrics } = this.#deps;
    const { channel } = delivery.message;
    metrics.count('jingluo_intake_unavailable_total', { channel });
    if (!this.isRefusing) log.error('intake.refused', { channel, code: 'pipeline.store-unavailable' });
    this.#refusedAt = performance.now();
    await delivery.answer(unavailable());
  }

  async #answer(taken: Taken): Promise<void> {
    const { delivery, channel, examined, id, seq, row, entry, refusal } = taken;
    if (refusal !== undefined) {
      this.#deps.metrics.count('jingluo_messages_processed_total', { channel: channel.name, state: 'failed' });
      return this.#answerEnded(taken, { state: 'failed', problem: refusal, warnings: [] });
    }
    const waits = channel.ack === 'processed' && !isEnhanced(examined);
    if (!waits) await delivery.answer(answerOf(taken));
    // A message may wait long in its lane: what waits with it holds the header alone.
    const brief: Taken = {
      ...taken,
      row: undefined,
      delivery: withoutBytes(delivery),
      examined: headerOf(examined),
    };
    const held = { ...heldOf(delivery.message.bytes, examined), journal: row };
    const done = waits ? this.#answerLater(brief) : this.#acknowledgeLater(brief);
    this.#deps.queue(channel.name)?.offer({ id, seq, lanes: entry.lanes }, held, done);
  }

  /** Answers when the message has been processed, or says "pending" when that takes too long. */
  #answerLater(taken: Taken): (processed: Processed) => void {
    const { delivery, channel } = taken;
    const timer = setTimeout(() => {
      const pending = problem('pipeline.pending', 'The message is stored, its processing is pending.');
      void delivery.answer(answerOf(taken, pending));
    }, channel.ackTimeoutMs);
    return (processed) => {
      clearTimeout(timer);
      const refusal = processed.state === 'failed' ? processed.problem : undefined;
      void delivery.answer(answerOf(taken, refusal));
    };
  }

  /** The later application acknowledgement, where the sender wants one and can still get it. */
  #acknowledgeLater(taken: Taken): ((processed: Processed) => void) | undefined {
    if (taken.delivery.follow === undefined || !wantsApplicationAck(taken.examined)) return undefined;
    return (processed) => {
      follow(taken, processed);
    };
  }

  /**
   * A message that is already here: the first positive answer again, now or when it has been processed; one that failed
   * runs again, unless it was what stopped the engine.
   */
  async #takeAgain(
    delivery: Delivery,
    channel: ChannelSettings,
    again: { examined: Examined; known: JournalRow },
  ): Promise<void> {
    const { examined, known } = again;
    const { id, seq } = known;
    const { state } = known.entry;
    const entry: JournalEntry = { ...known.entry, state: 'stored', problems: [], accepted: true };
    const taken = { delivery, channel, examined, id, seq, entry, at: new Date(entry.receivedAt), refusal: undefined };
    this.#deps.metrics.count('jingluo_messages_resent_total', { channel: channel.name });
    if (state === 'stored') return this.#answer(taken);
    if (state !== 'failed') return this.#answerEnded(taken, { state, warnings: entry.warnings });
    const refusal = poisonOf(known) ?? refusalOf(examined, channel, this.#deps.mappings());
    if (refusal !== undefined) {
      return this.#answerEnded({ ...taken, refusal }, { state: 'failed', problem: refusal, warnings: [] });
    }
    const committed = await this.#deps.store.commit({
      puts: [journalPut(id, entry, seq)],
      expect: [{ collection: 'journal', id, rev: known.rev }],
    });
    // Somebody else decided at the same moment: what they decided stands, the sender is told yes in either case.
    if (committed.ok) await this.#answer(taken);
    else await delivery.answer(answerOf(taken));
  }

  /** All acknowledgements of a message that needs no processing any more. */
  async #answerEnded(taken: Taken, processed: Processed): Promise<void> {
    const answer = answerOf(taken, taken.refusal);
    await taken.delivery.answer(answer);
    // A negative accept acknowledgement ends the exchange (HL7 v2.8.2 chapter 2.9.3.1).
    if (taken.refusal === undefined || answer.kind !== 'refused' || answer.bytes === undefined)
      follow(taken, processed);
  }

  async #takeTest(delivery: Delivery, channel: ChannelSettings, examined: Examined): Promise<void> {
    const { message } = delivery;
    const refusal = refusalOf(examined, channel, this.#deps.mappings());
    const id = messageId(message, examined);
    await this.#deps.store.commit({ puts: [{ ...messagePut(id, message), collection: 'tests' }] });
    this.#deps.metrics.count('jingluo_test_messages_total', { channel: channel.name });
    const entry = entryOf(message, channel, { examined, refusal });
    const taken = { delivery, channel, examined, id, seq: 0, entry, at: message.receivedAt, refusal };
    const ended = refusal === undefined ? { state: 'done' as const } : { state: 'failed' as const, problem: refusal };
    await this.#answerEnded(taken, { ...ended, warnings: [] });
  }
}

/** The answer to a query, behind the accept acknowledgement where the sender wants one of its own (MSH-15). */
async function answerQuery(
  delivery: Delivery,
  examined: Examined,
  { channel, answer }: { readonly channel: ChannelSettings; readonly answer: Answer },
): Promise<void> {
  const { id, bytes, receivedAt: at } = delivery.message;
  const accepted = isEnhanced(examined) ? acknowledge(examined, bytes, { id, at, zone: channel.zone }) : undefined;
  const later = answer.kind === 'unavailable' ? undefined : answer.bytes;
  if (accepted?.kind !== 'accepted' || accepted.bytes === undefined || later === undefined)
    return delivery.answer(answer);
  if (delivery.follow === undefined) return delivery.answer(answer);
  await delivery.answer(accepted);
  await delivery.follow(later);
}

/** Sends the application acknowledgement that the sender asked for, if it did. */
function follow({ delivery, channel, examined, id, at }: Taken, processed: Processed): void {
  const facts = { id, at, zone: channel.zone, processed };
  const bytes = applicationAcknowledge(examined, delivery.message.bytes, facts);
  if (bytes !== undefined) void delivery.follow?.(bytes);
}

const NO_BYTES = new Uint8Array();

/** The functions are taken out: one that calls the delivery's would hold its bytes. */
function withoutBytes({ message, ...rest }: Delivery): Delivery {
  return { ...rest, message: { ...message, bytes: NO_BYTES } };
}

interface Answerable {
  readonly delivery: Delivery;
  readonly channel: ChannelSettings;
  readonly examined: Examined;
  readonly id: string;
  /** When the message was received first. */
  readonly at: Date;
}

interface Taken extends Answerable {
  readonly seq: number;
  /** The journal row where this delivery made it. */
  readonly row?: FirstRow | undefined;
  readonly entry: JournalEntry;
  readonly refusal: Problem | undefined;
}

/** Why the message cannot be used, as far as the channel looks before it answers. Never throws. */
function refusalOf(examined: Examined, channel: ChannelSettings, mappings: MappingSet): Problem | undefined {
  const { message, header } = examined;
  if (examined.problem !== undefined || message === undefined || header === undefined) return examined.problem;
  if (channel.ack === 'stored') return undefined;
  try {
    const mapping = mappings.for(message, channel.site);
    return mapping.ok ? missingKeyFields(message, header)[0] : mapping.error;
  } catch (error) {
    return problem('pipeline.bug', `Reading met ${error instanceof Error ? error.name : typeof error}.`);
  }
}

/** What stopped the engine again and again only a person may try again (replay), not a sender that repeats itself. */
const poisonOf = ({ entry }: JournalRow): Problem | undefined =>
  entry.problems.find(({ code }) => code === 'pipeline.poison');

function unavailable(): Answer {
  return { kind: 'unavailable', problem: problem('pipeline.store-unavailable', 'The store cannot write.') };
}

function answerOf({ delivery, channel, examined, id, at }: Answerable, refusal?: Problem): Answer {
  // Only HL7 v2 has acknowledgements; a document is answered by the words of its channel (HTTP status).
  if (delivery.message.contentType === CDA) {
    return refusal === undefined ? { kind: 'accepted' } : { kind: 'refused', problem: refusal, kept: true };
  }
  const facts = { id, at, zone: channel.zone };
  return acknowledge(examined, delivery.message.bytes, refusal === undefined ? facts : { ...facts, refusal });
}
