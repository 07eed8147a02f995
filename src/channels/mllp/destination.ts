import { JingluoError, problem, type Problem } from '../../core/problem.ts';
import { definePlugin } from '../../core/plugin.ts';
import type { Destination, DestinationDeps, DestinationPlugin, SendOutcome } from '../port.ts';
import { readReply } from '../read-reply.ts';
import { clientTlsSchema } from '../tls.ts';
import { MllpClient, type MllpTarget } from './client.ts';

/** Settings of an MLLP destination. */
type MllpDestinationSettings = Omit<MllpTarget, 'onUnsolicited'>;

/** Sends over one connection, which it opens when it needs it and anew after it was lost. */
class MllpDestination implements Destination {
  readonly #settings: MllpDestinationSettings;
  readonly #deps: DestinationDeps;
  #client: MllpClient | undefined;
  /** End of the last call: messages go one at a time, in the order of the calls. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: MllpDestinationSettings, deps: DestinationDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  get address(): string {
    const { host, port, tls } = this.#settings;
    return `${tls === undefined ? 'mllp' : 'mllps'}://${host}:${port}`;
  }

  send(bytes: Uint8Array): Promise<SendOutcome> {
    const sent = this.#last.then(() => this.#sendNow(bytes));
    this.#last = sent;
    return sent;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#client?.close();
    this.#client = undefined;
  }

  async #sendNow(bytes: Uint8Array): Promise<SendOutcome> {
    try {
      if (this.#client?.connected !== true) this.#client = await MllpClient.connect(this.#settings);
      return readReply(await this.#client.send(bytes));
    } catch (error) {
      this.#client = undefined;
      this.#deps.metrics.count('jingluo_destination_failures_total', { destination: this.#deps.name });
      return { kind: 'unavailable', problem: problemOf(error) };
    }
  }
}

function problemOf(error: unknown): Problem {
  const [first] = error instanceof JingluoError ? error.problems : [];
  return first ?? problem('channel.partner-unavailable', 'the connection failed');
}

const ms = (description: string) => ({ type: 'integer', minimum: 1, description });

/** Sends HL7 v2 over MLLP, plain or over TLS, one message at a time, and reads the acknowledgement. */
export const mllpDestination: DestinationPlugin = definePlugin<MllpDestinationSettings, Destination, DestinationDeps>({
  type: 'mllp',
  summary: 'Sends HL7 v2 messages over MLLP and reads their acknowledgements.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['host', 'port'],
    properties: {
      host: { type: 'string', minLength: 1, description: 'Name or address of the partner.' },
      port: { type: 'integer', minimum: 1, maximum: 65535, description: 'TCP port of the partner.' },
      tls: clientTlsSchema,
      connectTimeoutMs: ms('How long connecting may take; 10,000 where left out.'),
      ackTimeoutMs: ms('How long an acknowledgement may take; 60,000 where left out.'),
    },
  },
  examples: [
    { host: 'lis.example', port: 2575 },
    { host: 'his.example', port: 2576, tls: { ca: 'tls/his-ca.pem' } },
  ],
  create: (settings, deps) => new MllpDestination(settings, deps),
});
