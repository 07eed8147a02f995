import path from 'node:path';

import { afterEach, describe, expect, jest, test } from '@jest/globals';

import { LISTENERS } from '../../src/channels/builtins.ts';
import type { Delivery } from '../../src/core/message.ts';
import { frameBytes } from '../../src/hl7/mllp-frames.ts';
import { acknowledge, adt, listenerDeps, msa, RawPeer, Stage, until } from './channels-support.ts';

jest.setTimeout(20_000);

const tlsFile = (name: string): string => path.join(import.meta.dirname, 'tls', name);
const stage = new Stage();
afterEach(() => stage.close());

describe('who may connect', () => {
  test('the allow list and the number of connections', async () => {
    const { deps, counts } = listenerDeps();
    const closed = await stage.peer((await stage.listen(deps, { allow: ['10.0.0.0/8', '::1'] })).port);
    await until(() => closed.ended);
    expect(closed.ended).toBe(true);
    const { port } = await stage.listen(deps, { allow: ['127.0.0.0/8'], maxConnections: 1 });
    const first = await stage.client(port);
    const second = await stage.peer(port);
    await until(() => second.ended);
    expect(second.ended).toBe(true);
    expect(msa(await first.send(adt('1')))).toBe('AA 1');
    expect(counts.values.get('jingluo_peers_refused_total:not-allowed')).toBe(1);
    expect(counts.values.get('jingluo_peers_refused_total:too-many')).toBe(1);
  });

  test.each(['10.0.0.0/33', 'his.example', '10.0.0', '::1/129', '10.0.0.1/8/8', '10.0.0.0/'])(
    '%s is no entry',
    (entry) => {
      const { deps } = listenerDeps();
      const plugin = LISTENERS.find((one) => one.type === 'mllp');
      expect(() => plugin?.create({ port: 0, allow: [entry] }, deps)).toThrow('channel.setting-invalid');
    },
  );

  test('TLS, with and without a certificate of the client', async () => {
    const { deps, counts } = listenerDeps();
    const server = { cert: tlsFile('server.pem'), key: tlsFile('server.key') };
    const trust = { ca: tlsFile('ca.pem') };
    const own = { cert: tlsFile('client.pem'), key: tlsFile('client.key') };
    const plain = await stage.listen(deps, { tls: server });
    expect(plain.listener.address).toMatch(/^mllps:/);
    expect(msa(await (await stage.client(plain.port, { tls: trust })).send(adt('1')))).toBe('AA 1');
    await expect(stage.client(plain.port, { tls: {} })).rejects.toThrow('channel.partner-unavailable');

    const mutual = await stage.listen(deps, { tls: { ...server, clientCa: tlsFile('ca.pem') } });
    const known = await stage.client(mutual.port, { tls: { ...trust, ...own } });
    expect(msa(await known.send(adt('2')))).toBe('AA 2');
    const sent = stage.client(mutual.port, { tls: trust }).then((stranger) => stranger.send(adt('3')));
    await expect(sent).rejects.toThrow('channel.partner-unavailable');
    const raw = await stage.peer(mutual.port);
    await raw.write(frameBytes(adt('4')));
    await until(() => raw.ended);
    expect(raw.frames).toEqual([]);
    expect(counts.values.get('jingluo_tls_failures_total')).toBeGreaterThan(1);
  });
});

describe('start and stop', () => {
  test('a taken port and a wrong address name the setting', async () => {
    const { deps } = listenerDeps();
    const { port } = await stage.listen(deps);
    await expect(stage.listen(deps, { port })).rejects.toThrow('channels.his.port');
    await expect(stage.listen(deps, { bind: '203.0.113.1' })).rejects.toThrow('channels.his.bind');
    await expect(stage.listen(deps, { tls: { cert: '/none', key: '/none' } })).rejects.toThrow(
      'channel.tls-unreadable',
    );
  });

  test('stopping answers what is under way and takes nothing new', async () => {
    const held: Delivery[] = [];
    const { deps, received } = listenerDeps((delivery) => {
      held.push(delivery);
      return Promise.resolve();
    });
    const { listener, port } = await stage.listen(deps);
    const one = await stage.client(port);
    const ack = one.send(adt('1'));
    await until(() => held.length === 1);
    const stopped = listener.stop(5_000);
    await expect(RawPeer.connect(port)).rejects.toThrow('ECONNREFUSED');
    const refused = one.send(adt('2'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [first] = held;
    await first?.answer(acknowledge(first.message.bytes));
    expect(msa(await ack)).toBe('AA 1');
    await expect(refused).rejects.toThrow('channel.partner-unavailable');
    await stopped;
    expect(received).toHaveLength(1);
  });

  test('a message that is not answered within the grace does not keep it open', async () => {
    const { deps, received } = listenerDeps(() => Promise.resolve());
    const { listener, port } = await stage.listen(deps);
    const sent = (await stage.client(port)).send(adt('1')).catch((error: unknown) => String(error));
    await until(() => received.length === 1);
    const started = Date.now();
    await listener.stop(100);
    expect(Date.now() - started).toBeLessThan(1_500);
    expect(await sent).toContain('channel.partner-unavailable');
  });
});

describe('destination', () => {
  const destinationTo = (port: number, more: object = {}) => stage.destination({ host: '127.0.0.1', port, ...more });

  test.each([
    ['AA', 'accepted'],
    ['CA', 'accepted'],
    ['AE', 'refused'],
    ['AR', 'refused'],
    ['CE', 'refused'],
    ['CR', 'refused'],
    ['XX', 'unavailable'],
  ])('%s means %s', async (code, kind) => {
    const reply = Buffer.from(`MSH|^~\\&|X|||||||ACK|1|P|2.5\rMSA|${code}|1\r`);
    const { deps } = listenerDeps((delivery) => delivery.answer({ kind: 'accepted', bytes: reply }));
    const outcome = await destinationTo((await stage.listen(deps)).port).send(adt('1'), 'application/hl7-v2');
    expect(outcome.kind).toBe(kind);
  });

  test('connects again after the connection was lost, and says so when it cannot', async () => {
    const { deps, received } = listenerDeps();
    const first = await stage.listen(deps);
    const destination = destinationTo(first.port, { connectTimeoutMs: 1_000 });
    expect((await destination.send(adt('1'), 'application/hl7-v2')).kind).toBe('accepted');
    await first.listener.stop(100);
    expect(await destination.send(adt('2'), 'application/hl7-v2')).toMatchObject({
      kind: 'unavailable',
      problem: { code: 'channel.partner-unavailable' },
    });
    await stage.listen(deps, { port: first.port });
    expect((await destination.send(adt('3'), 'application/hl7-v2')).kind).toBe('accepted');
    expect(received).toHaveLength(2);
  });

  test('an acknowledgement that does not come is not waited for', async () => {
    const { deps } = listenerDeps(() => Promise.resolve());
    const destination = destinationTo((await stage.listen(deps)).port, { ackTimeoutMs: 100 });
    expect((await destination.send(adt('1'), 'application/hl7-v2')).kind).toBe('unavailable');
  });
});
