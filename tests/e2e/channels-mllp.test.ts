import { afterEach, describe, expect, jest, test } from '@jest/globals';

import type { Delivery } from '../../src/core/message.ts';
import { problem } from '../../src/core/problem.ts';
import { frameBytes } from '../../src/hl7/mllp-frames.ts';
import { acknowledge, adt, listenerDeps, msa, Stage, until } from './channels-support.ts';

jest.setTimeout(20_000);

const stage = new Stage();
afterEach(() => stage.close());

describe('answers', () => {
  test('come in the order of the messages, whenever each is known', async () => {
    const held: Delivery[] = [];
    const { deps, received } = listenerDeps((delivery) => {
      held.push(delivery);
      return Promise.resolve();
    });
    const { port } = await stage.listen(deps);
    const raw = await stage.peer(port);
    await raw.write(Buffer.concat(['1', '2', '3'].map((id) => frameBytes(adt(id)))));
    await until(() => received.length === 3);
    for (const delivery of held.toReversed()) await delivery.answer(acknowledge(delivery.message.bytes));
    await until(() => raw.frames.length === 3);
    expect(raw.frames.map(msa)).toEqual(['AA 1', 'AA 2', 'AA 3']);
  });

  test('many pipelined messages on many connections', async () => {
    const { deps, received } = listenerDeps();
    const { port } = await stage.listen(deps);
    const clients = await Promise.all(Array.from({ length: 20 }, () => stage.client(port)));
    const acks = await Promise.all(
      clients.flatMap((one, c) => Array.from({ length: 50 }, (_, i) => one.send(adt(`M${c}-${i}`)))),
    );
    expect(new Set(acks.map(msa)).size).toBe(1_000);
    expect(received).toHaveLength(1_000);
  });

  test('only the first answer of a message counts', async () => {
    const { deps } = listenerDeps(async (delivery) => {
      await delivery.answer(acknowledge(delivery.message.bytes));
      await delivery.answer({ kind: 'unavailable', problem: problem('channel.stopping', 'late') });
    });
    const { port } = await stage.listen(deps);
    const one = await stage.client(port);
    expect(msa(await one.send(adt('1')))).toBe('AA 1');
    expect(msa(await one.send(adt('2')))).toBe('AA 2');
  });

  test('a message that asks for no answer gets none and holds up no other', async () => {
    const { deps } = listenerDeps((delivery) => {
      const text = Buffer.from(delivery.message.bytes).toString();
      return delivery.answer(text.includes('|NONE|') ? { kind: 'accepted' } : acknowledge(delivery.message.bytes));
    });
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(Buffer.concat([frameBytes(adt('NONE')), frameBytes(adt('2'))]));
    await until(() => raw.frames.length === 1);
    expect(raw.frames.map(msa)).toEqual(['AA 2']);
  });

  test('an unavailable store means silence and a closed connection, after the answers before it', async () => {
    const { deps } = listenerDeps((delivery) => {
      const text = Buffer.from(delivery.message.bytes).toString();
      const down = { kind: 'unavailable', problem: problem('channel.stopping', 'down') } as const;
      return delivery.answer(text.includes('|DOWN|') ? down : acknowledge(delivery.message.bytes));
    });
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(Buffer.concat([frameBytes(adt('1')), frameBytes(adt('DOWN'))]));
    await until(() => raw.ended);
    expect(raw.frames.map(msa)).toEqual(['AA 1']);
    expect(raw.ended).toBe(true);
  });

  test('each message of a batch in one frame is delivered and answered', async () => {
    const { deps, received } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(
      frameBytes(Buffer.concat([Buffer.from('BHS|^~\\&|HIS\r'), adt('1'), adt('2'), Buffer.from('BTS|2\r')])),
    );
    await until(() => raw.frames.length === 2);
    expect(raw.frames.map(msa)).toEqual(['AA 1', 'AA 2']);
    expect(received).toEqual([adt('1').toString(), adt('2').toString()]);
  });

  test('a later application acknowledgement follows on the connection, and lapses with it', async () => {
    const held: Delivery[] = [];
    const { deps } = listenerDeps(async (delivery) => {
      held.push(delivery);
      await delivery.answer(acknowledge(delivery.message.bytes));
    });
    const later: string[] = [];
    const { port } = await stage.listen(deps);
    const one = await stage.client(port, { onUnsolicited: (bytes: Uint8Array) => later.push(msa(bytes)) });
    await one.send(adt('1'));
    const again = Buffer.from('MSH|^~\\&|JL\rMSA|AA|1\r');
    expect(await held[0]?.follow?.(again)).toBe(true);
    await until(() => later.length === 1);
    expect(later).toEqual(['AA 1']);
    await one.close();
    await until(() => held.length === 1);
    expect(await held[0]?.follow?.(again)).toBe(false);
  });
});

describe('bad input', () => {
  test.each([
    ['an HTTP request', 'GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100a50100', 'hex')],
    ['a message without its frame', adt('1')],
    ['noise', Buffer.alloc(100_000, 0xa5)],
  ])('%s gets a well-formed AR and the connection is closed', async (_name, bytes) => {
    const { deps, received, counts } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(bytes);
    await until(() => raw.ended);
    expect(raw.frames).toHaveLength(1);
    expect(msa(raw.frames[0])).toMatch(/^AR( 1)?$/);
    expect(raw.frames[0]).toMatch(/\rERR\|\|\|100\^.*channel\.not-hl7/);
    expect(raw.ended).toBe(true);
    expect(received).toEqual([]);
    expect(counts.values.get('jingluo_noise_bytes_total')).toBeGreaterThan(0);
  });

  test('100 MB of noise are thrown away in bounded memory, and others are served meanwhile', async () => {
    const { deps } = listenerDeps();
    const { port } = await stage.listen(deps);
    const raw = await stage.peer(port);
    const before = process.memoryUsage().rss;
    const noise = Buffer.alloc(1_000_000, 0x55);
    for (let i = 0; i < 100 && !raw.closed; i += 1) await raw.write(noise);
    expect(msa(await (await stage.client(port)).send(adt('1')))).toBe('AA 1');
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
  });

  test('100 MB inside one frame are refused once and skipped; the next message is served', async () => {
    const { deps, received } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps, { maxMessageBytes: 1_000_000 })).port);
    const before = process.memoryUsage().rss;
    await raw.write(Buffer.concat([Buffer.of(0x0b), adt('BIG')]));
    const filler = Buffer.alloc(1_000_000, 0x55);
    for (let i = 0; i < 100; i += 1) await raw.write(filler);
    await raw.write(Buffer.concat([Buffer.of(0x1c, 0x0d), frameBytes(adt('2'))]));
    await until(() => raw.frames.length === 2);
    expect(raw.frames.map(msa)).toEqual(['AR BIG', 'AA 2']);
    expect(raw.frames[0]).toContain('channel.message-too-large');
    expect(received).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
  });

  test('an empty frame is handed on, so that it is answered', async () => {
    const { deps } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(Buffer.concat([Buffer.from('\x0b\x1c\r'), frameBytes(adt('1'))]));
    await until(() => raw.frames.length === 2);
    expect(raw.frames.map(msa)).toEqual(['AR', 'AA 1']);
  });

  test('a frame that its connection cuts off is counted and never delivered', async () => {
    const { deps, received, counts } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps)).port);
    await raw.write(Buffer.concat([frameBytes(adt('1')), frameBytes(adt('2')).subarray(0, 40)]));
    await until(() => raw.frames.length === 1);
    raw.socket.destroy();
    await until(() => counts.values.has('jingluo_frames_cut_total'));
    expect(counts.values.get('jingluo_frames_cut_total')).toBe(1);
    expect(received).toEqual([adt('1').toString()]);
  });

  test('3,000 one-byte writes make one message', async () => {
    const { deps, received } = listenerDeps();
    const raw = await stage.peer((await stage.listen(deps)).port);
    raw.socket.setNoDelay(true);
    const message = adt('1', `||${'x'.repeat(3_000)}`);
    for (const byte of frameBytes(message)) await raw.write(Uint8Array.of(byte));
    await until(() => raw.frames.length === 1);
    expect(received).toEqual([message.toString()]);
  });

  test('a peer that ends its side still gets its answers', async () => {
    let delivery: Delivery | undefined;
    const { deps } = listenerDeps((one) => {
      delivery = one;
      return Promise.resolve();
    });
    const raw = await stage.peer((await stage.listen(deps)).port);
    raw.socket.end(frameBytes(adt('1')));
    await until(() => delivery !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await delivery?.answer(acknowledge(delivery.message.bytes));
    await until(() => raw.closed);
    expect(raw.frames.map(msa)).toEqual(['AA 1']);
  });

  test('a frame that does not end, and a peer that says nothing, are closed in time', async () => {
    const { deps, counts } = listenerDeps();
    const { port } = await stage.listen(deps, { frameTimeoutMs: 150, idleTimeoutMs: 300 });
    const [slow, idle] = [await stage.peer(port), await stage.peer(port)];
    const drip = setInterval(() => slow.socket.write('x'), 20);
    slow.socket.write('\x0bMSH|');
    await until(() => slow.closed && idle.ended);
    clearInterval(drip);
    expect([slow.closed, idle.ended]).toEqual([true, true]);
    expect(counts.values.get('jingluo_connection_timeouts_total:frame')).toBe(1);
    expect(counts.values.get('jingluo_connection_timeouts_total:idle')).toBe(1);
  });
});

describe('back-pressure', () => {
  test('reading stops while a delivery is pending', async () => {
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { deps, received } = listenerDeps(async (delivery) => {
      await delivery.answer(acknowledge(delivery.message.bytes));
      await gate;
    });
    const { port } = await stage.listen(deps);
    const raw = await stage.peer(port);
    const big = frameBytes(adt('1', `||${'x'.repeat(1_000_000)}`));
    for (let i = 0; i < 40; i += 1) raw.socket.write(big);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received).toHaveLength(1);
    // The rest is still with the sender, except for what the operating system holds.
    expect(raw.socket.writableLength).toBeGreaterThan(20_000_000);
    goOn();
    await until(() => raw.frames.length === 40);
    expect(raw.frames).toHaveLength(40);
  });

  test('a peer that does not read its answers is read no further', async () => {
    const padding = 'x'.repeat(100_000);
    const { deps, received } = listenerDeps((delivery) =>
      delivery.answer({ kind: 'accepted', bytes: Buffer.from(`MSH|^~\\&|JL\rMSA|AA|1|${padding}\r`) }),
    );
    const raw = await stage.peer((await stage.listen(deps)).port);
    raw.socket.pause();
    const many = Buffer.concat(Array.from({ length: 200 }, () => frameBytes(adt('1'))));
    for (let i = 0; i < 50; i += 1) raw.socket.write(many);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(received.length).toBeLessThan(3_000);
  });
});
