import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { problem } from '../../src/core/problem.ts';
import { err } from '../../src/core/result.ts';
import type { FhirWriter } from '../../src/pipeline/fhir-writer.ts';
import { startServer, type RunningServer } from '../support/fhir-server.ts';
import { putResources } from '../support/resource-rows.ts';
import { OBSERVATION } from '../unit/fhir/resources.ts';

const ISSUER = 'https://login.example.org';
const AUDIENCE = 'jingluo';

/** Writes nothing and says who asked. */
const refusing = (): FhirWriter => ({
  write: (client) => Promise.resolve(err(problem('pipeline.precondition-failed', `asked by ${client}`))),
});

let keys: http.Server;
let key: CryptoKey;
let otherKey: CryptoKey;
let running: RunningServer;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  otherKey = (await generateKeyPair('ES256')).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' };
  keys = http.createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const { port } = keys.address() as AddressInfo;
  const auth = {
    type: 'jwt',
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [],
    jwksUri: `http://127.0.0.1:${port}/jwks`,
  } as const;
  const admin = async (name: string, _params: unknown, write: (text: string) => Promise<void>): Promise<void> => {
    await write(`${JSON.stringify({ name })}\n`);
  };
  running = await startServer(refusing, { settings: { auth }, deps: { admin } });
  await putResources(running.store, [OBSERVATION, { resourceType: 'Encounter', id: 'e1', status: 'finished' }]);
});

afterAll(async () => {
  await running.server.stop(0);
  keys.close();
});

interface Claims {
  readonly scope?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly key?: CryptoKey;
}

const token = (claims: Claims = {}): Promise<string> =>
  new SignJWT({ scope: claims.scope ?? 'system/*.read', client_id: 'his-app' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(claims.issuer ?? ISSUER)
    .setAudience(claims.audience ?? AUDIENCE)
    .setExpirationTime(claims.expires ?? '5m')
    .sign(claims.key ?? key);

const ask = async (
  path: string,
  bearer?: string,
  init: RequestInit = {},
): Promise<{ status: number; text: string }> => {
  const headers = {
    'content-type': 'application/fhir+json',
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(path.startsWith('http') ? path : running.url(path), { ...init, headers });
  return { status: response.status, text: await response.text() };
};

describe('bearer tokens', () => {
  test('a valid one opens the endpoint, again from memory', async () => {
    const bearer = await token();
    expect((await ask('/Observation/o1', bearer)).status).toBe(200);
    expect((await ask('/Observation/o1', bearer)).status).toBe(200);
  });

  test.each([
    ['another issuer', { issuer: 'https://evil.example.org' }],
    ['another audience', { audience: 'other' }],
    ['expired', { expires: '-1m' }],
    ['another key', 'other-key'],
  ])('%s is refused with 401', async (_what, claims) => {
    const bearer = await token(typeof claims === 'string' ? { key: otherKey } : claims);
    const answer = await ask('/Observation/o1', bearer);
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('server.unauthorized')]);
  });

  test.each([undefined, '', 'not-a-token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'])(
    '%j is refused with 401',
    async (bearer) => {
      expect((await ask('/Observation/o1', bearer)).status).toBe(401);
    },
  );

  test('what the server can do is open to all', async () => {
    expect((await ask('/metadata')).status).toBe(200);
  });

  test.each([
    ['system/Observation.read', 'GET', '/Observation/o1', 200],
    ['user/Observation.rs', 'GET', '/Observation?status=final', 200],
    ['system/Encounter.read', 'GET', '/Observation/o1', 403],
    ['patient/*.read', 'GET', '/Observation/o1', 403],
    ['system/Observation.rs?category=laboratory', 'GET', '/Observation/o1', 403],
    ['openid profile', 'GET', '/Observation/o1', 403],
    ['system/*.read', 'DELETE', '/Observation/o1', 403],
    ['system/*.cruds', 'DELETE', '/Observation/o1', 412],
  ])('scope %s: %s %s gives %i', async (scope, method, path, status) => {
    expect((await ask(path, await token({ scope }), { method })).status).toBe(status);
  });

  test('an include shows only types that the scopes allow', async () => {
    const query = '/Observation?_include=Observation:encounter';
    expect((await ask(query, await token({ scope: 'system/Observation.read' }))).text).not.toContain('Encounter/e1"}');
    expect((await ask(query, await token())).text).toContain('"mode":"include"');
  });

  test('every entry of a transaction needs its scope', async () => {
    const entry = [
      { resource: { resourceType: 'Organization', name: 'x' }, request: { method: 'POST', url: 'Organization' } },
    ];
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
    const init = { method: 'POST', body };
    expect((await ask('', await token({ scope: 'system/Observation.*' }), init)).status).toBe(403);
    expect((await ask('', await token({ scope: 'system/*.*' }), init)).text).toContain('asked by his-app');
  });

  test('operations need rights over everything', async () => {
    const path = `${running.server.address}/admin/messages`;
    expect((await ask(path, await token(), { method: 'POST', body: '{}' })).status).toBe(403);
    expect((await ask(path, undefined, { method: 'POST', body: '{}' })).status).toBe(401);
    const allowed = await ask(path, await token({ scope: 'system/*.*' }), { method: 'POST', body: '{}' });
    expect(allowed).toEqual({ status: 200, text: '{"name":"messages"}\n' });
    expect((await ask(`${running.server.address}/metrics`)).status).toBe(401);
  });
});

test('without login the server serves this machine alone', async () => {
  await expect(startServer(refusing, { settings: { host: '0.0.0.0' } })).rejects.toMatchObject({
    problems: [{ code: 'server.open-endpoint' }],
  });
});

test('HTTPS with the configured certificate', async () => {
  const tls = { cert: 'tests/e2e/tls/server.pem', key: 'tests/e2e/tls/server.key' };
  const secure = await startServer(refusing, { settings: { tls } });
  const status = await new Promise((resolve, reject) => {
    const ca = readFileSync('tests/e2e/tls/ca.pem');
    const options = { ca, servername: 'localhost', checkServerIdentity: () => undefined };
    https
      .get(secure.url('/metadata'), options, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
  await secure.server.stop(0);
  expect(status).toBe(200);
});

test('a taken port is named with the setting that changes it', async () => {
  const port = Number(new URL(running.server.address).port);
  await expect(startServer(refusing, { settings: { port } })).rejects.toMatchObject({
    problems: [{ code: 'server.port-taken', message: expect.stringContaining('http.port') }],
  });
});
