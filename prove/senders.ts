import { MllpClient } from '../src/channels/mllp/client.ts';
import { sleep } from './random.ts';
import type { FhirWriting } from './workload.ts';

/** Where a sender may send its next message; one of several nodes. */
export type Pick = () => number;

/** Longest wait for an answer before a message is sent again. */
const ANSWER_MS = 10_000;
const AGAIN_MS = 15;

/** Sends messages one after the other, each until it is acknowledged; the next may go to another node. */
export class MllpSender {
  readonly acknowledged: string[] = [];
  readonly #port: Pick;
  readonly #queue: string[] = [];
  readonly #clients = new Map<number, MllpClient>();
  #stopped = false;
  #fault: string | undefined;

  constructor(port: Pick) {
    this.#port = port;
  }

  push(messages: readonly string[]): void {
    this.#queue.push(...messages);
  }

  get waiting(): number {
    if (this.#fault !== undefined) throw new TypeError(this.#fault);
    return this.#queue.length;
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const [next] = this.#queue;
      if (next === undefined) await sleep(5);
      else if (await this.#send(next)) {
        this.#queue.shift();
        this.acknowledged.push(next.split('|')[9] ?? '');
      } else await sleep(AGAIN_MS);
    }
    for (const client of this.#clients.values()) await client.close();
  }

  async #send(message: string): Promise<boolean> {
    const port = this.#port();
    try {
      const client =
        this.#clients.get(port) ?? (await MllpClient.connect({ host: '127.0.0.1', port, ackTimeoutMs: ANSWER_MS }));
      this.#clients.set(port, client);
      const ack = Buffer.from(await client.send(Buffer.from(message))).toString('utf8');
      if (ack.includes('\rMSA|AA|')) return true;
      this.#fault = `unexpected answer ${ack.replaceAll('\r', ' ')}`;
      this.#stopped = true;
      return false;
    } catch {
      void this.#clients.get(port)?.close();
      this.#clients.delete(port);
      return false;
    }
  }
}

/** A FHIR client that repeats each write until it is answered positively. */
export class FhirSender {
  readonly answered: string[] = [];
  readonly #port: Pick;
  readonly #queue: FhirWriting[] = [];
  #stopped = false;
  #fault: string | undefined;

  constructor(port: Pick) {
    this.#port = port;
  }

  push(writes: readonly FhirWriting[]): void {
    this.#queue.push(...writes);
  }

  get waiting(): number {
    if (this.#fault !== undefined) throw new TypeError(this.#fault);
    return this.#queue.length;
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const [next] = this.#queue;
      if (next === undefined) await sleep(5);
      else if (await this.#write(next)) {
        this.#queue.shift();
        this.answered.push(next.path);
      } else await sleep(AGAIN_MS);
    }
  }

  async #write({ method, path, body, headers }: FhirWriting): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#port()}/fhir/${path}`, {
        method,
        headers: { 'content-type': 'application/fhir+json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await answer.text();
      if (answer.ok) return true;
      // 409 and 503 ask for another try; everything else is a fault of the run.
      if (answer.status === 409 || answer.status === 503) return false;
      this.#fault = `unexpected answer ${answer.status} to ${method} ${path}: ${text}`;
      this.#stopped = true;
      return false;
    } catch {
      return false;
    }
  }
}
