import type { RequestOptions } from 'node:https';

import { definePlugin } from '../../core/plugin.ts';
import { JingluoError, problem, type Problem } from '../../core/problem.ts';
import type { Destination, DestinationDeps, DestinationPlugin, SendOutcome } from '../port.ts';
import { readReply } from '../read-reply.ts';
import { clientTlsSchema, loadClientTls, type ClientTls } from '../tls.ts';
import { post, type PostResponse } from './post.ts';

/** Settings of an HTTP destination. */
interface HttpDestinationSettings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: ClientTls;
  readonly timeoutMs?: number;
}

/** Answers of 4xx that mean "later", not "no" (RFC 9110, RFC 8470, RFC 6585). */
const LATER = new Set([408, 425, 429]);

class HttpDestination implements Destination {
  readonly address: string;
  readonly #settings: HttpDestinationSettings;
  readonly #deps: DestinationDeps;
  readonly #url: URL;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: HttpDestinationSettings, deps: DestinationDeps) {
    if (!URL.canParse(settings.url) || !/^https?:/.test(settings.url)) {
      throw new JingluoError(problem('channel.setting-invalid', `url of ${deps.name} is no http or https address`));
    }
    this.#settings = settings;
    this.#deps = deps;
    this.#url = new URL(settings.url);
    // Without user information: addresses are shown to people.
    this.address = `${this.#url.origin}${this.#url.pathname}`;
  }

  send(bytes: Uint8Array, contentType: string): Promise<SendOutcome> {
    const sent = this.#last.then(() => this.#sendNow(bytes, contentType));
    this.#last = sent;
    return sent;
  }

  async close(): Promise<void> {
    await this.#last;
  }

  async #sendNow(bytes: Uint8Array, contentType: string): Promise<SendOutcome> {
    const { headers = {}, timeoutMs = 60_000, tls } = this.#settings;
    try {
      const options: RequestOptions = tls === undefined ? {} : await loadClientTls(tls);
      const request = { url: this.#url, body: bytes, timeoutMs, tls: options };
      return outcomeOf(await post({ ...request, headers: { ...headers, 'Content-Type': contentType } }));
    } catch (error) {
      this.#deps.metrics.count('jingluo_destination_failures_total', { destination: this.#deps.name });
      return { kind: 'unavailable', problem: this.#problemOf(error) };
    }
  }

  #problemOf(error: unknown): Problem {
    const [first] = error instanceof JingluoError ? error.problems : [];
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return first ?? problem('channel.partner-unavailable', `${this.address}: ${reason}`);
  }
}

function outcomeOf({ status, contentType, body }: PostResponse): SendOutcome {
  if (status >= 200 && status < 300) {
    // Whoever answers in HL7 says by it whether the message was taken.
    return /^(application|x-application)\/hl7-v2/i.test(contentType) && body.length > 0
      ? readReply(body)
      : { kind: 'accepted', reply: body };
  }
  const message = `the partner answered HTTP ${status}`;
  if (status >= 400 && status < 500 && !LATER.has(status)) {
    return { kind: 'refused', reply: body, problem: problem('channel.partner-refused', message) };
  }
  return { kind: 'unavailable', problem: problem('channel.partner-unavailable', message) };
}

/** Posts messages over HTTP, one at a time. */
export const httpDestination: DestinationPlugin = definePlugin<HttpDestinationSettings, Destination, DestinationDeps>({
  type: 'http',
  summary: 'Posts messages to an HTTP address.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: { type: 'string', pattern: '^https?://', description: 'Address that messages are posted to.' },
      headers: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Headers of every request, for example Authorization from ${NAME}.',
      },
      tls: clientTlsSchema,
      timeoutMs: { type: 'integer', minimum: 1, description: 'How long a request may take; 60,000 where left out.' },
    },
  },
  examples: [
    { url: 'http://crm.example/hl7' },
    { url: 'https://crm.example/hl7', headers: { Authorization: 'Bearer ${CRM_TOKEN}' }, timeoutMs: 10_000 },
  ],
  create: (settings, deps) => new HttpDestination(settings, deps),
});
