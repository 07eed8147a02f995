import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import nock from 'nock';

import { silentLog } from '../../../src/core/log.ts';
import type { SenderMemory, SendRequest } from '../../../src/senders/port.ts';
import { webhookSender } from '../../../src/senders/webhook/index.ts';

const memory: SenderMemory = { insert: () => Promise.resolve(true), get: () => Promise.resolve(undefined) };
const deps = { name: 'gateway', log: silentLog, now: () => new Date('2026-11-21T02:00:00Z'), memory };
const config = { url: 'https://gateway.example/messages', secret: 'a-secret-of-the-test', channels: ['sms'] };
const request: SendRequest = {
  id: 'attempt-1',
  channel: 'sms',
  to: '19900000001',
  text: '您好',
  template: 't',
  priority: 'routine',
  timeoutMs: 500,
};

beforeAll(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

describe('a gateway over HTTPS', () => {
  test.each([
    { status: 202, body: { status: 'accepted', providerId: 'g-1' }, expected: 'accepted' },
    { status: 429, body: {}, expected: 'throttled' },
    { status: 400, body: { error: 'bad number' }, expected: 'rejected' },
    { status: 500, body: {}, expected: 'unknown' },
  ])('$status is $expected', async ({ status, body, expected }) => {
    nock('https://gateway.example').post('/messages').reply(status, body);
    expect(await webhookSender.create(config, deps).send(request)).toMatchObject({ status: expected });
  });

  test('sends the attempt as idempotency key, signed, with the text as it is', async () => {
    let seen: unknown;
    nock('https://gateway.example', { reqheaders: { 'idempotency-key': 'attempt-1' } })
      .post('/messages', (body: unknown) => {
        seen = body;
        return true;
      })
      .reply(202, {});
    await webhookSender.create(config, deps).send(request);
    expect(seen).toMatchObject({ id: 'attempt-1', to: '19900000001', text: '您好' });
  });

  test('a gateway that answers too late is unknown, never sent again blindly', async () => {
    nock('https://gateway.example').post('/messages').delay(2_000).reply(202, {});
    expect(await webhookSender.create(config, deps).send(request)).toMatchObject({ status: 'unknown' });
  });
});
