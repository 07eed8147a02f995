import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

import type { Delivery } from '../../src/core/message.ts';
import { problem } from '../../src/core/problem.ts';
import { acknowledge, adt, listenerDeps, msa, portOf, Stage, until } from './channels-support.ts';

const stage = new Stage();
afterEach(() => stage.close());

const HL7 = 'application/hl7-v2';
const tlsFile = (name: string): string => path.join(import.meta.dirname, 'tls', name);

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(
  port: number,
  body: Uint8Array,
  options: { method?: string; path?: string; type?: string } = {},
): Promise<Reply> {
  const { method = 'POST', type = HL7 } = options;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type };
    const sent = request(
      { port, host: '127.0.0.1', method, path: options.path ?? '/', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('listener', () => {
  test('answers a message with its acknowledgement', async () => {
    const { deps, received } = listenerDeps();
    const { port } = await stage.listen(deps, {}, 'http');
    const reply = await send(port, adt('1'), { type: 'application/hl7-v2; charset=utf-8' });
    expect([reply.status, reply.headers['content-type'], msa(reply.body)]).toEqual([200, HL7, 'AA 1']);
    expect(received).toEqual([adt('1').toString()]);
  });

  test('answers each message of a batch', async () => {
    const { deps } = listenerDeps();
    const { port } = await stage.listen(deps, { path: '/hl7' }, 'http');
    const reply = await send(port, Buffer.concat([adt('1'), adt('2')]), { path: '/hl7?x=1' });
    expect(reply.body.match(/MSA\|AA\|\d/g)).toEqual(['MSA|AA|1', 'MSA|AA|2']);
  });

  test('bytes that are no HL7 get an AR', async () => {
    const { deps } = listenerDeps();
    const { port } = await stage.listen(deps, {}, 'http');
    const reply = await send(port, Buffer.from('hello'));
    expect([reply.status, msa(reply.body)]).toEqual([200, 'AR']);
  });

  test('a sender that wants no answer gets an empty one', async () => {
    const { deps } = listenerDeps((delivery) => delivery.answer({ kind: 'accepted' }));
    const { port } = await stage.listen(deps, {}, 'http');
    expect(await send(port, adt('1'))).toMatchObject({ status: 204, body: '' });
  });

  test('503 when the store is not there', async () => {
    const down = { kind: 'unavailable', problem: problem('channel.stopping', 'down') } as const;
    const { deps } = listenerDeps((delivery) => delivery.answer(down));
    const { port } = await stage.listen(deps, {}, 'http');
    expect(await send(port, adt('1'))).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: '' });
  });

  test.each([
    ['another path', { path: '/other' }, 404],
    ['GET', { method: 'GET' }, 405],
    ['PUT', { method: 'PUT' }, 405],
    ['JSON', { type: 'application/json' }, 415],
    ['no type', { type: '' }, 415],
  ])('%s is refused', async (_name, options, status) => {
    const { deps, received } = listenerDeps();
    const { port } = await stage.listen(deps, {}, 'http');
    expect((await send(port, adt('1'), options)).status).toBe(status);
    expect(received).toEqual([]);
  });

  test('too large a body is refused, declared or not', async () => {
    const { deps, received } = listenerDeps();
    const { port } = await stage.listen(deps, { maxMessageBytes: 1_000 }, 'http');
    const declared = await send(port, adt('BIG', 'x'.repeat(2_000)));
    expect(declared.status).toBe(413);
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${HL7}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const part = adt('BIG', 'x'.repeat(2_000));
    socket.write(`${part.length.toString(16)}\r\n${part.toString()}\r\n`);
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('MSA|AR|BIG');
    expect(received).toEqual([]);
  });

  test('a request that is cut off is counted and never delivered', async () => {
    const { deps, received, counts } = listenerDeps();
    const { port } = await stage.listen(deps, {}, 'http');
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${HL7}\r\nContent-Length: 1000\r\n\r\nMSH|`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await until(() => counts.values.has('jingluo_frames_cut_total'));
    expect(counts.values.get('jingluo_frames_cut_total')).toBe(1);
    expect(received).toEqual([]);
  });

  test('the allow list holds here too', async () => {
    const { deps, counts } = listenerDeps();
    const { port } = await stage.listen(deps, { allow: ['10.0.0.0/8'] }, 'http');
    await expect(send(port, adt('1'))).rejects.toThrow(/ECONNRESET|hang up/);
    expect(counts.values.get('jingluo_peers_refused_total:not-allowed')).toBe(1);
  });

  test('stopping answers what is under way', async () => {
    const held: Delivery[] = [];
    const { deps } = listenerDeps((delivery) => {
      held.push(delivery);
      return Promise.resolve();
    });
    const { listener, port } = await stage.listen(deps, {}, 'http');
    const reply = send(port, adt('1'));
    await until(() => held.length === 1);
    const stopped = listener.stop(5_000);
    const [first] = held;
    await first?.answer(acknowledge(first.message.bytes));
    expect((await reply).status).toBe(200);
    await stopped;
    await expect(send(port, adt('2'))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('destination', () => {
  async function partner(status: number, body = '', type = 'text/plain'): Promise<{ url: string; seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((incoming, response) => {
      incoming.on('data', (chunk: Buffer) => seen.push(`${incoming.headers.authorization ?? ''} ${chunk.toString()}`));
      incoming.on('end', () => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stage.add(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/in`, seen };
  }

  test.each([
    [200, '', 'text/plain', 'accepted'],
    [202, 'thanks', 'text/plain', 'accepted'],
    [200, 'MSH|^~\\&|X\rMSA|AA|1\r', HL7, 'accepted'],
    [200, 'MSH|^~\\&|X\rMSA|AE|1\r', HL7, 'refused'],
    [400, '', 'text/plain', 'refused'],
    [422, '', 'text/plain', 'refused'],
    [408, '', 'text/plain', 'unavailable'],
    [429, '', 'text/plain', 'unavailable'],
    [500, '', 'text/plain', 'unavailable'],
    [503, '', 'text/plain', 'unavailable'],
    [302, '', 'text/plain', 'unavailable'],
  ])('%i with %j (%s) is %s', async (...[status, body, type, kind]) => {
    const { url } = await partner(status, body, type);
    expect((await stage.destination({ url }, 'http').send(adt('1'), HL7)).kind).toBe(kind);
  });

  test('sends its headers, and says when nobody is there', async () => {
    const { url, seen } = await partner(200);
    await stage.destination({ url, headers: { Authorization: 'Bearer t' } }, 'http').send(Buffer.from('x'), HL7);
    expect(seen).toEqual(['Bearer t x']);
    const nobody = await stage.destination({ url: 'http://127.0.0.1:9/' }, 'http').send(adt('1'), HL7);
    expect(nobody).toMatchObject({ kind: 'unavailable', problem: { code: 'channel.partner-unavailable' } });
  });

  test('over TLS to our own listener', async () => {
    const { deps, received } = listenerDeps();
    const tls = { cert: tlsFile('server.pem'), key: tlsFile('server.key'), clientCa: tlsFile('ca.pem') };
    const { listener } = await stage.listen(deps, { tls, path: '/hl7' }, 'http');
    expect(listener.address).toMatch(/^https:.*\/hl7$/);
    const url = `https://127.0.0.1:${portOf(listener.address)}/hl7`;
    const own = { ca: tlsFile('ca.pem'), cert: tlsFile('client.pem'), key: tlsFile('client.key') };
    expect(await stage.destination({ url, tls: own }, 'http').send(adt('1'), HL7)).toMatchObject({ kind: 'accepted' });
    const stranger = await stage.destination({ url, tls: { ca: own.ca } }, 'http').send(adt('2'), HL7);
    expect(stranger.kind).toBe('unavailable');
    expect(received).toEqual([adt('1').toString()]);
  });
});
