import net from 'node:net';

import { MllpClient } from '../../channels/builtins.ts';
import { frameBytes } from '../../hl7/mllp-frames.ts';
import { readMessage } from '../../hl7/read-message.ts';
import type { RunningEngine } from '../running-engine.ts';
import { bytesOf, instantOf, type Day, type DayMessage } from './day.ts';
import { demoDay } from './read-day.ts';
import { countSafety, isSafe, safetyLine } from './safety.ts';
import { seedHistory } from './history.ts';

/** What the sender of a row was told, or that it was told nothing. */
export interface Played {
  readonly message: DayMessage;
  /** MSA-1, or `none`. */
  readonly code: string;
  /** Place that ERR-2 names, as `SCH-11`. */
  readonly error?: string;
  /** The acknowledgement, as text. */
  readonly ack: string;
}

/** Where a line of the day goes: its text for people, its facts for scripts. */
export type Print = (text: string, facts: Readonly<Record<string, unknown>>) => void;

/**
 * Plays the demo day over the real sockets of a running engine and prints its table, then the safety line. Resolves with
 * whether every answer was the expected one and nobody was messaged who should not have been.
 */
export async function playDemoDay(running: RunningEngine, print: Print): Promise<boolean> {
  const day = await demoDay();
  const history = await seedHistory(running.engine);
  print(`history: ${history.visits} visits, ${history.sent} messages to patients`, { history });
  const player = new Player(running, day);
  const played: Played[] = [];
  try {
    for (const message of day.messages) {
      const one = await player.play(message);
      played.push(one);
      print(rowOf(one), factsOf(one));
    }
  } finally {
    await player.close();
  }
  const acknowledged = played.filter(({ code }) => code === 'AA').length;
  const safety = await countSafety(running.engine);
  print(`${played.length} played, ${acknowledged} acknowledged; ${safetyLine(safety)}`, {
    played: played.length,
    acknowledged,
    safety,
  });
  return isSafe(safety) && played.every(isExpected);
}

const expectedOf = ({ expect = 'AA' }: DayMessage): string => expect;

const isExpected = ({ message, code }: Played): boolean => code === expectedOf(message);

function factsOf({ message, code, error }: Played): Readonly<Record<string, unknown>> {
  const { n, at, feed, shows } = message;
  return { n, at, feed, code, expected: expectedOf(message), ...(error === undefined ? {} : { error }), shows };
}

function rowOf({ message, code, error }: Played): string {
  const wanted = expectedOf(message);
  const mark = code === wanted ? '' : `  (expected ${wanted})`;
  const at = error === undefined ? '' : ` ${error}`;
  return `${String(message.n).padStart(2)}  ${message.at}  ${message.feed.padEnd(4)}  ${`${code}${at}`.padEnd(10)}  ${message.shows}${mark}`;
}

/** Sends rows one after the other; after each everything that it caused has happened. */
export class Player {
  readonly #running: RunningEngine;
  readonly #day: Day;
  readonly #clients = new Map<string, MllpClient>();

  constructor(running: RunningEngine, day: Day) {
    this.#running = running;
    this.#day = day;
  }

  /** Moves the clock to the time of the row (carrying out what falls due before it), sends it, waits for its effects. */
  async play(message: DayMessage): Promise<Played> {
    await this.#running.demo?.advanceTo(instantOf(this.#day, message.at));
    const bytes = bytesOf(this.#day, message);
    if (message.cut === true) {
      await this.#sendCut(message, bytes);
      return { message, code: 'none', ack: '' };
    }
    const ack = message.raw === undefined ? await this.#send(message, bytes) : await this.#sendRaw(message, bytes);
    await this.#running.settle();
    if (message.acknowledge !== undefined) await this.#running.demo?.acknowledge(message.acknowledge);
    return { message, ...readAck(ack) };
  }

  /** Closes the connections of the feeds. */
  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
  }

  async #send(message: DayMessage, bytes: Uint8Array): Promise<Uint8Array> {
    let client = this.#clients.get(message.feed);
    if (client === undefined) {
      client = await MllpClient.connect({ host: '127.0.0.1', port: this.#port(message) });
      this.#clients.set(message.feed, client);
    }
    return client.send(bytes);
  }

  /** Bytes that are no frame, on a connection of their own. */
  async #sendRaw(message: DayMessage, bytes: Uint8Array): Promise<Uint8Array> {
    const socket = net.connect(this.#port(message), '127.0.0.1');
    socket.write(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).subarray(1, -2);
  }

  async #sendCut(message: DayMessage, bytes: Uint8Array): Promise<void> {
    const socket = net.connect(this.#port(message), '127.0.0.1');
    const frame = frameBytes(bytes);
    await new Promise<void>((resolve) => {
      socket.end(frame.subarray(0, frame.length - 10), () => {
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
      socket.resume();
    });
  }

  #port(message: DayMessage): number {
    return this.#running.portOf(this.#day.feeds[message.feed]?.channel ?? '');
  }
}

function readAck(bytes: Uint8Array): Omit<Played, 'message'> {
  const read = readMessage(bytes);
  const ack = Buffer.from(bytes).toString('latin1');
  if (!read.ok) return { code: 'none', ack };
  const code = read.value.first('MSA')?.value(1) ?? 'none';
  const err = read.value.first('ERR');
  const segment = err?.value(2, 1, 1) ?? '';
  const field = err?.value(2, 1, 3) ?? '';
  return segment === '' ? { code, ack } : { code, ack, error: field === '' ? segment : `${segment}-${field}` };
}
