import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { frameBytes } from '../../src/hl7/mllp-frames.ts';
import { ChildEngine, waitFor } from './bad-input/engine.ts';
import { exchange, good, leaks, othersAreServed, verdict } from './bad-input/messages.ts';
import { RawPeer } from './channels-support.ts';

// What does not come as a message: noise, pieces, peers that are slow, half gone or too many.

const MB = 1_000_000;
const LIMITS = 'maxConnections: 40, frameTimeoutMs: 1500, idleTimeoutMs: 60000';
const open: RawPeer[] = [];
let engine: ChildEngine;

beforeAll(async () => {
  engine = await ChildEngine.start({
    channels: [
      `{ name: his, type: mllp, source: HIS, port: 0, ${LIMITS} }`,
      '{ name: web, type: http, source: HIS, port: 0, requestTimeoutMs: 2000 }',
    ],
  });
}, 60_000);
afterEach(() => {
  for (const peer of open.splice(0)) peer.socket.destroy();
});
afterAll(async () => {
  await engine.close();
});

async function peer(): Promise<RawPeer> {
  const one = await RawPeer.connect(engine.port());
  open.push(one);
  return one;
}

const kept = async (): Promise<number> => (await engine.store()).count('messages', {});

describe('bytes that are no frames', () => {
  test.each([
    ['an HTTP request', 'GET /fhir/metadata HTTP/1.1\r\nHost: SECRET\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100a501000000a1030360', 'hex')],
    ['a message without its frame', good('UNFRAMED')],
  ])('%s: a well-formed AR, and the connection is closed', async (_name, bytes) => {
    const before = await kept();
    const one = await peer();
    await one.write(bytes);
    await waitFor('the end', () => one.ended);
    expect(one.frames.map(verdict)).toEqual(['AR channel.not-hl7']);
    expect(await kept()).toBe(before);
    expect(await othersAreServed(engine)).toBe(true);
  });

  test('100 MB of noise: told no once, thrown away in bounded memory, others are served meanwhile', async () => {
    const before = engine.memory;
    const one = await peer();
    const noise = Buffer.alloc(MB, 0xa5);
    const started = Date.now();
    let served: Promise<boolean> | undefined;
    for (let n = 0; n < 100 && !one.closed; n += 1) {
      await one.write(noise);
      if (n === 5) served = othersAreServed(engine);
    }
    expect(await served).not.toBe(false);
    expect(one.frames.map(verdict)).toEqual(['AR channel.not-hl7']);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(engine.memory - before).toBeLessThan(150 * MB);
    expect(await othersAreServed(engine)).toBe(true);
  });

  test('100 MB inside one frame: told no once and skipped; the next message of the connection is served', async () => {
    const before = engine.memory;
    const one = await peer();
    await one.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(good('ENDLESS'))]));
    const filler = Buffer.alloc(MB, 0x55);
    for (let n = 0; n < 100; n += 1) await one.write(filler);
    await one.write(Buffer.concat([Buffer.of(0x1c, 0x0d), frameBytes(Buffer.from(good('NEXT')))]));
    await waitFor('both answers', () => one.frames.length === 2);
    expect(one.frames.map(verdict)).toEqual(['AR channel.message-too-large', 'AA']);
    expect(engine.memory - before).toBeLessThan(150 * MB);
  });
});

describe('pieces', () => {
  test('3,000 one-byte writes make one message', async () => {
    const one = await peer();
    one.socket.setNoDelay(true);
    const frame = frameBytes(Buffer.from(`${good('BYTES')}NTE|1||${'x'.repeat(2_850)}\r`));
    expect(frame.length).toBeGreaterThan(3_000);
    for (const byte of frame) await one.write(Uint8Array.of(byte));
    await waitFor('the answer', () => one.frames.length === 1);
    expect(one.frames.map(verdict)).toEqual(['AA']);
  });

  test('a frame that its connection cuts off was never received: counted, and logged without its content', async () => {
    const before = await kept();
    const one = await peer();
    await one.write(frameBytes(Buffer.from(good('CUT'))).subarray(0, 120));
    one.socket.destroy();
    await waitFor('the count', async () => (await engine.metric('jingluo_frames_cut_total')) > 0);
    expect(await kept()).toBe(before);
    expect(engine.log).toContain('frame.cut');
  });

  test('a peer that ends its side still gets its answer', async () => {
    const one = await peer();
    one.socket.end(frameBytes(Buffer.from(good('HALF'))));
    await waitFor('the end', () => one.closed);
    expect(one.frames.map(verdict)).toEqual(['AA']);
  });

  test('a frame that does not come to its end is closed in time, however it drips', async () => {
    const one = await peer();
    await one.write('\x0bMSH|');
    const drip = setInterval(() => one.socket.write('x'), 100);
    await waitFor('the end', () => one.closed);
    clearInterval(drip);
    expect(await engine.metric('jingluo_connection_timeouts_total', 'what="frame"')).toBe(1);
    expect(await othersAreServed(engine)).toBe(true);
  });
});

describe('many and careless', () => {
  test('2,000 connections over the limit: refused, those inside are served, and later others again', async () => {
    const inside = await peer();
    const sockets: Socket[] = [];
    let closed = 0;
    for (let n = 0; n < 2_000; n += 1) {
      const socket = connect(engine.port(), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => (closed += 1));
      sockets.push(socket);
      if (n % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await waitFor('the refusals', () => closed >= 1_950, 15_000);
    await inside.write(frameBytes(Buffer.from(good('INSIDE'))));
    await waitFor('the answer', () => inside.frames.length === 1);
    expect(inside.frames.map(verdict)).toEqual(['AA']);
    for (const socket of sockets) socket.destroy();
    expect(await engine.metric('jingluo_peers_refused_total', 'reason="too-many"')).toBeGreaterThan(1_900);
    await waitFor('room', async () => (await engine.metric('jingluo_connections')) < 5);
    expect(await othersAreServed(engine)).toBe(true);
  });

  test('peers that never read their answers are closed, and held no memory; what was read is kept', async () => {
    const before = engine.memory;
    const careless = await Promise.all([peer(), peer(), peer()]);
    for (const one of careless) one.socket.pause();
    let sent = 0;
    const stop = Date.now() + 3_000;
    while (Date.now() < stop) {
      for (const one of careless) {
        // The tiny message makes an answer larger than itself.
        const many = Array.from({ length: 50 }, () =>
          frameBytes(Buffer.from(`MSH|^~\\&|||||||ADT^A08|R${(sent += 1)}\r`)),
        );
        if (!one.closed && one.socket.writableLength < MB) one.socket.write(Buffer.concat(many));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await othersAreServed(engine)).toBe(true);
    expect(engine.memory - before).toBeLessThan(200 * MB);
  });

  test('an HTTP channel: too large, cut off and slow requests harm nobody', async () => {
    const url = `http://127.0.0.1:${engine.port('web')}/`;
    const post = (body: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/hl7-v2' }, body });
    expect((await post('x'.repeat(11 * 1024 * 1024)).catch(() => undefined))?.status ?? 413).toBe(413);
    const answer = await post('hello SECRET');
    expect([answer.status, verdict(await answer.text())]).toEqual([200, 'AR hl7.no-msh MSH']);
    const slow = connect(engine.port('web'), '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/hl7-v2\r\nContent-Length: 100\r\n\r\nMSH|');
    const right = await post(good('WEB'));
    expect(verdict(await right.text())).toBe('AA');
    slow.destroy();
    await waitFor('the count', async () => (await engine.metric('jingluo_frames_cut_total', 'channel="web"')) > 0);
  });
});

test('after all of that the engine serves, and its log holds nothing of a patient', async () => {
  expect(verdict(await exchange(engine.port(), good('LAST')))).toBe('AA');
  expect((await engine.processed('LAST', 30_000)).state).toBe('done');
  expect(leaks(engine)).toEqual([]);
  expect(engine.peakMemory).toBeLessThan(1_000 * MB);
});
