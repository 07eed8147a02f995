import { loadSite } from '../../../src/app/site.ts';
import type { ChannelSettings } from '../../../src/core/channel-settings.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Answer } from '../../../src/core/message.ts';
import { noMetrics } from '../../../src/core/metrics.ts';
import { problem } from '../../../src/core/problem.ts';
import { err, ok } from '../../../src/core/result.ts';
import { ChannelQueue, QUEUE_LIMITS, type QueueLimits } from '../../../src/pipeline/channel-queue.ts';
import { hl7Interpreter } from '../../../src/pipeline/hl7/interpret.ts';
import { Intake } from '../../../src/pipeline/intake.ts';
import { readJournal, type JournalEntry } from '../../../src/pipeline/journal.ts';
import { Processor } from '../../../src/pipeline/process.ts';
import { CHANNEL } from '../../support/channel.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Store } from '../../../src/store/port.ts';

const { mappings: MAPPINGS } = await loadSite({});

/** What a node of these tests may have otherwise. */
export interface NodeOptions {
  readonly channel?: Partial<ChannelSettings>;
  readonly limits?: Partial<QueueLimits>;
  readonly store?: Store;
  readonly node?: string;
  readonly sole?: boolean;
}

/** What one sender got. */
export interface Got {
  readonly answers: Answer[];
  readonly later: string[];
}

/**
 * Intake, queue and processor of one channel over a store, with a record that decides by the patient's number: one that
 * begins with `HELD` is held, with `FAIL` throws, and one with `SLOW` waits for `goOn`.
 */
export class Node {
  readonly store: Store;
  readonly channel: ChannelSettings;
  readonly queue: ChannelQueue;
  readonly intake: Intake;
  /** MSH-10 by arrival in the record. */
  readonly ran: string[] = [];
  /** Mended: what failed works now. */
  mended = false;
  #goOn: () => void = () => undefined;
  #gate: Promise<void>;

  constructor({ channel, limits, store = openMemoryStore(), node = 'A', sole = true }: NodeOptions = {}) {
    this.store = store;
    this.channel = { ...CHANNEL, ...channel };
    this.#gate = new Promise((resolve) => (this.#goOn = resolve));
    const common = { store, log: silentLog, metrics: noMetrics };
    const processor = new Processor({
      ...common,
      record: {
        apply: async (draft, { message }) => this.#apply((await draft.get('journal', message))?.body, message),
        again: () => Promise.resolve(undefined),
      },
      followUp: { react: () => Promise.resolve(undefined) },
      interpreters: new Map([['application/hl7-v2', hl7Interpreter('test', () => MAPPINGS)]]),
      channel: () => this.channel,
      wake: () => undefined,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const queueLimits = { ...QUEUE_LIMITS, pollMs: 20, ...limits };
    const stopLane = this.channel.onFailure === 'stop-lane';
    this.queue = new ChannelQueue({ ...common, processor, node, sole, limits: queueLimits }, 'his', stopLane);
    this.intake = new Intake({ ...common, mappings: () => MAPPINGS, queue: () => this.queue });
  }

  /** Lets what is slow go on. */
  goOn(): void {
    this.#goOn();
  }

  /** Sends one message; `got` fills up as the sender is answered. Resolves when the channel may read on. */
  send(text: string, id = ''): { readonly got: Got; readonly read: Promise<void> } {
    const got: Got = { answers: [], later: [] };
    const read = this.intake.take(
      {
        message: {
          id,
          channel: 'his',
          receivedAt: new Date(),
          peer: 'test',
          contentType: 'application/hl7-v2',
          bytes: Buffer.from(text),
        },
        answer: (answer) => Promise.resolve(void got.answers.push(answer)),
        follow: (bytes) => {
          got.later.push(Buffer.from(bytes).toString('utf8'));
          return Promise.resolve(true);
        },
      },
      this.channel,
    );
    return { got, read };
  }

  /** Sends and waits for the answer. */
  async ask(text: string): Promise<Got> {
    const { got } = this.send(text);
    await until(() => got.answers.length > 0);
    return got;
  }

  async entries(): Promise<readonly JournalEntry[]> {
    const page = await this.store.find('journal', { order: [{ field: 'seq' }], limit: 1_000 });
    return page.rows.map((row) => readJournal(row).entry);
  }

  /** `MSH-10 state` of every message in the order of arrival. */
  async states(): Promise<readonly string[]> {
    return (await this.entries()).map(({ control = '', state }) => `${control} ${state}`);
  }

  async #apply(journal: unknown, message: string) {
    const { control = '' } = JSON.parse(String(journal)) as JournalEntry;
    const bytes = (await this.store.get('messages', message))?.body;
    const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString('utf8') : '';
    const [, number = ''] = /\|\|(\w+)\^\^\^HOSP01/.exec(text) ?? [];
    this.ran.push(control);
    if (number.startsWith('SLOW')) await this.#gate;
    if (number.startsWith('FAIL') && !this.mended) throw new RangeError(text);
    if (number.startsWith('HELD') && !this.mended) {
      return err({ held: problem('record.patient-changed', 'Another patient.') });
    }
    return ok({ changes: [], events: [], persons: [], warnings: [] });
  }
}

/** A message about the patient of that number. */
export function adt(control: string, number: string, header: Readonly<Record<number, string>> = {}): string {
  const fields: Record<number, string> = {
    2: '^~\\&',
    3: 'HIS',
    4: 'H1',
    5: 'JL',
    6: 'H1',
    7: '20261121080000',
    9: 'ADT^A08',
    10: control,
    11: 'P',
    12: '2.5.1',
    ...header,
  };
  const text = ['MSH', ...Array.from({ length: 16 }, (_, n) => fields[n + 2] ?? '')].join('|');
  return `${text}|UNICODE UTF-8\rEVN||20261121080000\rPID|1||${number}^^^HOSP01^MR||测试^一\r`;
}

/** MSA-1 of an acknowledgement, and the code in ERR-5 where there is one. */
export function codeOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'none';
  if (answer.kind === 'unavailable') return 'unavailable';
  return answer.bytes === undefined ? 'silent' : ackCode(Buffer.from(answer.bytes).toString('utf8'));
}

/** The same of its text. */
export function ackCode(text: string): string {
  const code = /\rMSA\|(\w\w)/.exec(text)?.[1] ?? '';
  const error = /\rERR\|[^\r]*?((?:pipeline|hl7|mapping|record)\.[a-z-]+)/.exec(text)?.[1];
  return error === undefined ? code : `${code} ${error}`;
}

/** Waits until something holds, for at most five seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 5_000 && !(await holds()); waited += 5) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
