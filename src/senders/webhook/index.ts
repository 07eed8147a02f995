import { definePlugin } from '../../core/plugin.ts';
import { problem } from '../../core/problem.ts';
import type { Sender, SenderChannel, SenderDeps, SenderPlugin, SendRequest, SendStatus } from '../port.ts';
import { isSigned, signatureOf } from './signature.ts';
import { readEvents } from './events.ts';

interface WebhookConfig {
  readonly url: string;
  readonly secret: string;
  readonly channels: readonly SenderChannel[];
  readonly refusesRepeatedId?: boolean;
  readonly maxLength?: number;
}

const RETRY_MS = 60_000;

/** Posts each message as signed JSON to a gateway of the hospital. */
export const webhookSender: SenderPlugin = definePlugin<WebhookConfig, Sender, SenderDeps>({
  type: 'webhook',
  summary:
    'Posts messages as JSON, signed with HMAC-SHA-256, to a gateway of the hospital; the gateway posts receipts, replies and acknowledgements to /senders/NAME/callback, signed the same way.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['url', 'secret', 'channels'],
    properties: {
      url: {
        type: 'string',
        pattern: '^https?://',
        description: 'Messages are posted here; `GET url/<id>` looks one up.',
      },
      secret: { type: 'string', minLength: 16, description: 'Key of the signature, the same on both sides.' },
      channels: {
        type: 'array',
        minItems: 1,
        items: { enum: ['sms', 'wechat', 'wecom', 'dingtalk', 'app', 'email', 'voice', 'phone', 'in-app'] },
        description: 'Channels that the gateway serves.',
      },
      refusesRepeatedId: {
        type: 'boolean',
        default: false,
        description: 'True only where the gateway never sends a second message for the same id.',
      },
      maxLength: { type: 'integer', minimum: 1, default: 500, description: 'Longest text in characters.' },
    },
  },
  examples: [{ url: 'https://gateway.example/messages', secret: 'change-me-change-me', channels: ['sms'] }],
  create: (config, { now }) => ({
    channels: config.channels,
    refusesRepeatedId: config.refusesRepeatedId ?? false,
    maxLength: config.maxLength ?? 500,
    send: (request) => post(config, request, now()),
    lookup: (id) => ask(config, id, now()),
    parseCallback: (headers, body) =>
      isSigned(config.secret, headers, body, now()) ? readEvents(body, now()) : undefined,
  }),
});

async function post(config: WebhookConfig, request: SendRequest, at: Date): Promise<SendStatus> {
  const { id, channel, to, text, template, priority, timeoutMs } = request;
  const body = JSON.stringify({ id, channel, to, text, template, priority });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(config.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': id,
        ...signatureOf(config.secret, body, at),
      },
      body,
      redirect: 'error',
      signal,
    });
    return await readAnswer(response);
  } catch {
    const code = signal.aborted ? 'sender.timeout' : 'sender.unreachable';
    return { status: 'unknown', problem: problem(code, 'the gateway gave no answer') };
  }
}

async function ask(
  config: WebhookConfig,
  id: string,
  at: Date,
): Promise<SendStatus | { readonly status: 'not-found' }> {
  try {
    const response = await fetch(`${config.url}/${encodeURIComponent(id)}`, {
      headers: signatureOf(config.secret, id, at),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 404) return { status: 'not-found' };
    return await readAnswer(response);
  } catch {
    return { status: 'unknown', problem: problem('sender.unreachable', 'the gateway could not be asked') };
  }
}

/** 2xx with a known status decides; 429 and 503 wait; other 4xx are final; everything else leaves it open. */
async function readAnswer(response: Response): Promise<SendStatus> {
  const body = bodyOf(await response.text());
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { status: 'throttled', retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : RETRY_MS };
  }
  if (response.status >= 400 && response.status < 500) return rejected(body);
  return response.ok ? readStatus(body) : open(`the gateway answered ${response.status}`);
}

function readStatus(body: Readonly<Record<string, unknown>>): SendStatus {
  const { status, providerId, retryAfterMs } = body;
  if (status === 'accepted') return { status, ...(typeof providerId === 'string' ? { providerId } : {}) };
  if (status === 'rejected') return rejected(body);
  if (status === 'throttled')
    return { status, retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : RETRY_MS };
  return open('the gateway answered without a known status');
}

function rejected(body: Readonly<Record<string, unknown>>): SendStatus {
  const badAddress = body['badAddress'] === true;
  const code = badAddress ? 'sender.bad-address' : 'sender.rejected';
  return {
    status: 'rejected',
    problem: problem(code, 'the gateway refused the message'),
    ...(badAddress ? { badAddress } : {}),
  };
}

function open(message: string): SendStatus {
  return { status: 'unknown', problem: problem('sender.unexpected-answer', message) };
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
