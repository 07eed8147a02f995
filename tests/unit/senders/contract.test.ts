import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLog } from '../../../src/core/log.ts';
import { SENDERS } from '../../../src/senders/builtins.ts';
import type { Sender, SenderMemory, SendRequest } from '../../../src/senders/port.ts';
import { signatureOf } from '../../../src/senders/webhook/signature.ts';

const SECRET = 'a-secret-of-the-test';
const NOW = new Date('2026-11-21T08:00:00Z');

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hang?: boolean;
}

let server: Server;
let answer: Answer;
const seen: { request: IncomingMessage; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ request, body: Buffer.concat(chunks).toString('utf8') });
      if (answer.hang === true) return;
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  seen.length = 0;
});

function memory(): SenderMemory {
  const kept = new Map<string, Readonly<Record<string, unknown>>>();
  return {
    insert: (id, value) => {
      const fresh = !kept.has(id);
      if (fresh) kept.set(id, value);
      return Promise.resolve(fresh);
    },
    get: (id) => Promise.resolve(kept.get(id)),
  };
}

function create(type: string, config: unknown, kept = memory()): Sender {
  const plugin = SENDERS.find((candidate) => candidate.type === type);
  if (plugin === undefined) throw new TypeError(type);
  return plugin.create(config, { name: type, log: silentLog, now: () => NOW, memory: kept });
}

const webhook = (): Sender => {
  const { port } = server.address() as AddressInfo;
  return create('webhook', { url: `http://127.0.0.1:${port}/messages`, secret: SECRET, channels: ['sms'] });
};

const request: SendRequest = {
  id: 'attempt-1',
  channel: 'sms',
  to: '19900000001',
  text: '您好',
  template: 't',
  priority: 'routine',
  timeoutMs: 300,
};
const json = (value: unknown): string => JSON.stringify(value);

describe('webhook', () => {
  test.each<[string, Answer, unknown]>([
    [
      'accepted',
      { status: 200, body: json({ status: 'accepted', providerId: 'p1' }) },
      { status: 'accepted', providerId: 'p1' },
    ],
    [
      'a throttle inside a 200',
      { status: 200, body: json({ status: 'throttled', retryAfterMs: 5000 }) },
      { status: 'throttled', retryAfterMs: 5000 },
    ],
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 'throttled', retryAfterMs: 7000 },
    ],
    [
      'a bad number',
      { status: 422, body: json({ badAddress: true }) },
      { status: 'rejected', badAddress: true, problem: { code: 'sender.bad-address' } },
    ],
    [
      'opted out at the provider',
      { status: 200, body: json({ status: 'rejected' }) },
      { status: 'rejected', problem: { code: 'sender.rejected' } },
    ],
    ['a failing gateway', { status: 502 }, { status: 'unknown', problem: { code: 'sender.unexpected-answer' } }],
    [
      'a login page',
      { status: 200, body: '<html>' },
      { status: 'unknown', problem: { code: 'sender.unexpected-answer' } },
    ],
    ['no answer', { status: 200, hang: true }, { status: 'unknown', problem: { code: 'sender.timeout' } }],
  ])('%s', async (_name, given, expected) => {
    answer = given;
    expect(await webhook().send(request)).toMatchObject(expected as Record<string, unknown>);
    expect(seen).toHaveLength(1);
  });

  test('signs what it sends and names the attempt', async () => {
    answer = { status: 200, body: json({ status: 'accepted' }) };
    await webhook().send(request);
    const [one] = seen;
    expect(one?.request.headers['idempotency-key']).toBe('attempt-1');
    expect(one?.request.headers['x-jingluo-signature']).toBe(
      signatureOf(SECRET, one?.body ?? '', NOW)['x-jingluo-signature'],
    );
    expect(JSON.parse(one?.body ?? '{}')).toMatchObject({ to: '19900000001', text: '您好' });
  });

  test('nobody listens', async () => {
    const sender = create('webhook', { url: 'http://127.0.0.1:1/', secret: SECRET, channels: ['sms'] });
    expect(await sender.send(request)).toMatchObject({ status: 'unknown', problem: { code: 'sender.unreachable' } });
    expect(await sender.lookup('attempt-1')).toMatchObject({ status: 'unknown' });
  });

  test.each<[string, Answer, string]>([
    ['known', { status: 200, body: json({ status: 'accepted' }) }, 'accepted'],
    ['not known', { status: 404 }, 'not-found'],
    ['cannot say', { status: 500 }, 'unknown'],
  ])('look-up: %s', async (_name, given, expected) => {
    answer = given;
    expect((await webhook().lookup('attempt-1')).status).toBe(expected);
  });

  test('reads signed callbacks only, known kinds only', () => {
    const pushed = json([
      { kind: 'receipt', attempt: 'a', delivered: true },
      { kind: 'reply', from: '19900000001', text: '恢复良好', at: '2026-11-21T07:59:00Z' },
      { kind: 'acknowledged', attempt: 'a', by: '1001' },
      { kind: 'advertisement' },
      { kind: 'reply', text: 'no number' },
    ]);
    const body = Buffer.from(pushed);
    const sender = webhook();
    expect(sender.parseCallback?.(signatureOf(SECRET, pushed, NOW), body)?.map((event) => event.kind)).toEqual([
      'receipt',
      'reply',
      'acknowledged',
    ]);
    expect(sender.parseCallback?.({}, body)).toBeUndefined();
    expect(sender.parseCallback?.(signatureOf('another-secret-key', pushed, NOW), body)).toBeUndefined();
    const old = new Date(NOW.getTime() - 3_600_000);
    expect(sender.parseCallback?.(signatureOf(SECRET, pushed, old), body)).toBeUndefined();
  });
});

describe('demo phone', () => {
  test('keeps a message once and finds it again', async () => {
    const kept = memory();
    const sender = create('demo-phone', {}, kept);
    expect(await sender.lookup('attempt-1')).toEqual({ status: 'not-found' });
    await sender.send(request);
    await sender.send({ ...request, text: 'again' });
    expect(await sender.lookup('attempt-1')).toMatchObject({ status: 'accepted' });
    expect(await kept.get('attempt-1')).toMatchObject({ text: '您好', to: '19900000001' });
    expect(sender.refusesRepeatedId).toBe(true);
  });
});

describe('every sender', () => {
  test.each(SENDERS.map((plugin) => [plugin.type, plugin] as const))(
    '%s creates from each of its examples',
    (_type, plugin) => {
      for (const example of plugin.examples) {
        const sender = plugin.create(example, { name: 'x', log: silentLog, now: () => NOW, memory: memory() });
        expect(sender.channels.length).toBeGreaterThan(0);
      }
    },
  );
});
