import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Log } from '../core/log.ts';
import type { Answer, Delivery } from '../core/message.ts';
import type { Metrics } from '../core/metrics.ts';
import { problem, type Problem } from '../core/problem.ts';
import type { MappingSet } from '../mapping/contract.ts';
import type { Store } from '../store/port.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import type { ChannelQueue } from './channel-queue.ts';
import { acknowledge, applicationAcknowledge } from './hl7/acknowledge.ts';
import { examine, type Examined } from './hl7/examine.ts';
import { missingKeyFields } from './hl7/key-fields.ts';
import { entryOf, messageId, messagePut } from './intake-rows.ts';
import { journalPut, readJournal, type JournalEntry, type JournalRow } from './journal.ts';
import type { Processed } from './process.ts';

/** What intake needs. */
export interface IntakeDeps {
  readonly store: Store;
  readonly mappings: () => MappingSet;
  readonly queue: (channel: string) => ChannelQueue | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Bytes on their way into the store above which channels stop reading. */
const PENDING_BYTES = 64 * 1024 * 1024;

/** Takes HL7 v2 messages in: makes the bytes durable, then answers, then hands them to the channel's lanes. */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #waiting: (() => void)[] = [];
  #pending = 0;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /**
   * Takes one message of a channel. Resolves when the channel may read on: at once while the backlog is below its
   * limit. Messages of one caller are committed in the order of the calls. Never rejects.
   */
  async take(delivery: Delivery, channel: ChannelSettings): Promise<void> {
    const examined = examine(delivery.message.bytes, channel);
    this.#pending += delivery.message.bytes.length;
    void this.#store(delivery, channel, examined)
      .catch(async (error: unknown) => {
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

  async #store(delivery: Delivery, channel: ChannelSettings, examined: Examined): Promise<void> {
    const processing = examined.header?.processingId ?? '';
    if (processing === 'T' || processing === 'D') return this.#takeTest(delivery, channel, examined);
    const refusal = refusalOf(examined, channel, this.#deps.mappings());
    const entry = entryOf(delivery.message, channel, { examined, refusal });
    const id = messageId(delivery.message, examined);
    const again = await this.#commit(delivery, id, entry);
    if (again === 'unavailable') return;
    if (again.kind === 'known') return this.#takeAgain(delivery, channel, { examined, known: again.row });
    const at = delivery.message.receivedAt;
    await this.#answer({ delivery, channel, examined, id, seq: again.seq, entry, at, refusal });
  }

  /** Commits bytes and journal row; answers by itself where the store cannot write. */
  async #commit(
    delivery: Delivery,
    id: string,
    entry: JournalEntry,
  ): Promise<'unavailable' | { kind: 'new'; seq: number } | { kind: 'known'; row: JournalRow }> {
    const { store, metrics } = this.#deps;
    try {
      const committed = await store.commit({
        puts: [messagePut(id, delivery.message), journalPut(id, entry, 'new')],
        expect: [{ collection: 'journal', id, rev: 0 }],
      });
      metrics.count('jingluo_messages_received_total', { channel: entry.channel });
      if (committed.ok) return { kind: 'new', seq: committed.sequences[0] ?? 0 };
      const row = await store.get('journal', id);
      if (row !== undefined) return { kind: 'known', row: readJournal(row) };
      return await this.#commit(delivery, id, entry);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      metrics.count('jingluo_intake_unavailable_total', { channel: entry.channel });
      await delivery.answer(unavailable());
      return 'unavailable';
    }
  }

  async #answer(taken: Taken): Promise<void> {
    const { delivery, channel, id, seq, entry, refusal } = taken;
    if (refusal !== undefined) {
      this.#deps.metrics.count('jingluo_messages_processed_total', { channel: channel.name, state: 'failed' });
      await delivery.answer(answerOf(taken, refusal));
      return;
    }
    if (channel.ack !== 'processed') await delivery.answer(answerOf(taken));
    const queue = this.#deps.queue(channel.name);
    queue?.offer({ id, seq, lanes: entry.lanes }, delivery.message.bytes, this.#whenProcessed(taken));
  }

  /** What to do once the message is processed: nothing, the answer itself, or a later application acknowledgement. */
  #whenProcessed(taken: Taken): ((processed: Processed) => void) | undefined {
    const { delivery, channel, examined, id, at } = taken;
    if (channel.ack === 'processed') {
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
    if (delivery.follow === undefined) return undefined;
    return (processed) => {
      const { zone } = channel;
      const bytes = applicationAcknowledge(examined, delivery.message.bytes, { id, at, zone, processed });
      if (bytes !== undefined) void delivery.follow?.(bytes);
    };
  }

  /** A message that is already here: the first positive answer again; one that failed runs again. */
  async #takeAgain(
    delivery: Delivery,
    channel: ChannelSettings,
    again: { examined: Examined; known: JournalRow },
  ): Promise<void> {
    const { examined, known } = again;
    const { metrics } = this.#deps;
    const { id, seq } = known;
    const entry: JournalEntry = { ...known.entry, state: 'stored', problems: [], accepted: true };
    const taken: Taken = {
      delivery,
      channel,
      examined,
      id,
      seq,
      entry,
      at: new Date(entry.receivedAt),
      refusal: undefined,
    };
    metrics.count('jingluo_messages_resent_total', { channel: channel.name });
    if (known.entry.state !== 'failed') {
      await delivery.answer(answerOf(taken));
      return;
    }
    const refusal = refusalOf(examined, channel, this.#deps.mappings());
    if (refusal !== undefined) {
      await delivery.answer(answerOf(taken, refusal));
      return;
    }
    const committed = await this.#deps.store.commit({
      puts: [journalPut(id, entry, seq)],
      expect: [{ collection: 'journal', id, rev: known.rev }],
    });
    // Somebody else decided at the same moment: what they decided stands, the sender is told yes in either case.
    if (committed.ok) await this.#answer(taken);
    else await delivery.answer(answerOf(taken));
  }

  async #takeTest(delivery: Delivery, channel: ChannelSettings, examined: Examined): Promise<void> {
    const { message } = delivery;
    const refusal = refusalOf(examined, channel, this.#deps.mappings());
    const id = messageId(message, examined);
    try {
      await this.#deps.store.commit({ puts: [{ ...messagePut(id, message), collection: 'tests' }] });
      this.#deps.metrics.count('jingluo_test_messages_total', { channel: channel.name });
      await delivery.answer(answerOf({ delivery, channel, examined, id, at: message.receivedAt }, refusal));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await delivery.answer(unavailable());
    }
  }
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
  readonly entry: JournalEntry;
  readonly refusal: Problem | undefined;
}

/** Why the message cannot be used, as far as the channel looks before it answers. */
function refusalOf(examined: Examined, channel: ChannelSettings, mappings: MappingSet): Problem | undefined {
  const { message, header } = examined;
  if (examined.problem !== undefined || message === undefined || header === undefined) return examined.problem;
  if (channel.ack === 'stored') return undefined;
  const mapping = mappings.for(message, channel.site);
  return mapping.ok ? missingKeyFields(message, header)[0] : mapping.error;
}

function unavailable(): Answer {
  return { kind: 'unavailable', problem: problem('pipeline.store-unavailable', 'The store cannot write.') };
}

function answerOf({ delivery, channel, examined, id, at }: Answerable, refusal?: Problem): Answer {
  const facts = { id, at, zone: channel.zone };
  return acknowledge(examined, delivery.message.bytes, refusal === undefined ? facts : { ...facts, refusal });
}
