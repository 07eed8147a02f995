import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import { problem } from '../../src/core/problem.ts';
import { err } from '../../src/core/result.ts';
import { startServer, type RunningServer } from '../support/fhir-server.ts';
import { putResources } from '../support/resource-rows.ts';

let running: RunningServer;

beforeAll(async () => {
  const refusing = { write: () => Promise.resolve(err(problem('pipeline.conflict', 'Nothing is written here.'))) };
  running = await startServer(() => refusing);
  await putResources(running.store, [{ resourceType: 'Patient', id: 'p9', gender: 'male' }]);
});

afterAll(() => running.server.stop(0));

describe('web pages of others', () => {
  const raw = (headers: Record<string, string>, method = 'GET'): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = http.request(running.url('/Patient/p9'), { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });

  test.each([
    [{ host: 'evil.example.org' }, 'GET', 400],
    [{ origin: 'https://evil.example.org' }, 'DELETE', 403],
    [{ host: 'localhost:8080' }, 'GET', 200],
  ])('%j %s gives %i', async (headers, method, status) => {
    expect(await raw(headers as Record<string, string>, method)).toBe(status);
  });
});

test('a body without length is refused when it grows too large', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/fhir+json', 'transfer-encoding': 'chunked' };
    const request = http.request(running.url('/Basic'), { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.write(Buffer.alloc(10 * 1024 * 1024 + 1, 32));
  });
  expect(status).toBe(413);
});
