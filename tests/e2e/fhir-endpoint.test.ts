import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'fhir-kit-client';
import type { FhirResource } from '../../src/fhir/patch.ts';
import { endpointWriter } from '../support/endpoint-writer.ts';
import { startServer, type RunningServer } from '../support/fhir-server.ts';
import { putPerson, putResources } from '../support/resource-rows.ts';
import { OBSERVATION, PATIENT } from '../unit/fhir/resources.ts';

let running: RunningServer;
let client: Client;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>> & {
    readonly entry?: readonly {
      readonly resource: FhirResource;
      readonly response: Readonly<Record<string, unknown>>;
    }[];
    readonly link?: readonly { readonly relation: string; readonly url: string }[];
  };
}

async function call(
  path: string,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const address = path.startsWith('http') ? path : running.url(path);
  const body = init.body === undefined ? {} : { 'content-type': 'application/fhir+json' };
  const response = await fetch(address, { ...init, headers: { ...body, ...init.headers } });
  const text = await response.text();
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['json'];
  return { status: response.status, headers: response.headers, text, json };
}

const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(path, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers });

const organization = (change: object = {}) => ({ resourceType: 'Organization', name: '检验科', ...change });

beforeAll(async () => {
  running = await startServer(endpointWriter, { settings: { cors: ['https://console.example.org'] } });
  client = new Client({ baseUrl: running.url('') });
  const { store } = running;
  await putPerson(store, ['p1', 'p2']);
  await putPerson(store, ['p9']);
  const member = { resourceType: 'Patient', id: 'p2', name: [{ text: '张伟' }] };
  await putResources(store, [PATIENT], { searchAs: [PATIENT, member] });
  await putResources(store, [member], { listed: false });
  await putResources(store, [{ resourceType: 'Patient', id: 'p9', gender: 'male' }]);
  await putResources(store, [
    OBSERVATION,
    { ...OBSERVATION, id: 'o2', subject: { reference: 'Patient/p2' } },
    { ...OBSERVATION, id: 'o9', subject: { reference: 'Patient/p9' } },
    { resourceType: 'Practitioner', id: 'd1', name: [{ text: '李医生' }] },
    {
      resourceType: 'Encounter',
      id: 'e1',
      status: 'finished',
      class: { code: 'IMP' },
      subject: { reference: 'Patient/p2' },
    },
  ]);
});

afterAll(() => running.server.stop(0));

describe('reading', () => {
  test('the client package reads, searches and reads what the server can do', async () => {
    expect(await client.capabilityStatement()).toMatchObject({ fhirVersion: '4.0.1', kind: 'instance' });
    expect(await client.read({ resourceType: 'Patient', id: 'p1' })).toMatchObject({ gender: 'female' });
    const found = await client.search({ resourceType: 'Observation', searchParams: { patient: 'p2', _count: 1 } });
    expect(found).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
  });

  test('a reference to a member is shown as one to the lead, in its history as written', async () => {
    const shown = await call('/Observation/o2');
    expect(shown.json).toMatchObject({ id: 'o2', subject: { reference: 'Patient/p1' } });
    expect(shown.headers.get('etag')).toBe('W/"1"');
    const old = await call('/Observation/o2/_history/1');
    expect(old.json).toMatchObject({ subject: { reference: 'Patient/p2' } });
  });

  test('304 for one member, never for several', async () => {
    const headers = { 'if-none-match': 'W/"1"' };
    expect((await call('/Observation/o9', { headers })).status).toBe(304);
    expect((await call('/Patient/p9', { headers })).status).toBe(304);
    expect((await call('/Observation/o2', { headers })).status).toBe(200);
    expect((await call('/Patient/p1', { headers })).status).toBe(200);
  });

  test('pages are followed by their links to the end', async () => {
    const ids: string[] = [];
    let next: string | undefined = running.url('/Observation?code=4548-4&_count=1');
    while (next !== undefined) {
      const { json }: Answer = await call(next);
      ids.push(...(json.entry ?? []).map(({ resource }) => String(resource['id'])));
      next = json.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(ids.toSorted()).toEqual(['o1', 'o2', 'o9']);
  });

  test('_search by form', async () => {
    const found = await call('/Patient/_search', {
      method: 'POST',
      body: 'name=oyj',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(found.json).toMatchObject({ total: 1, entry: [{ fullUrl: running.url('/Patient/p1') }] });
  });

  test('_elements and _summary leave what is asked for and say so', async () => {
    const { json } = await call('/Observation/o9?_elements=status');
    expect(Object.keys(json).toSorted()).toEqual(['code', 'id', 'meta', 'resourceType', 'status']);
    expect(JSON.stringify(json['meta'])).toContain('SUBSETTED');
    expect((await call('/Observation?_summary=count')).json).toMatchObject({ total: 3 });
  });

  test('$everything of any member: the whole person and what it refers to, page by page', async () => {
    const { json } = await call('/Patient/p2/$everything');
    const ids = (json.entry ?? []).map(({ resource }) => `${resource.resourceType}/${String(resource['id'])}`);
    expect(ids.toSorted()).toEqual([
      'Encounter/e1',
      'Observation/o1',
      'Observation/o2',
      'Patient/p1',
      'Practitioner/d1',
    ]);
    const first = await call('/Patient/p1/$everything?_count=2&_type=Observation,Encounter');
    const next = first.json.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    expect(((await call(next)).json.entry ?? []).length).toBe(1);
  });

  test('large answers are compressed where the client takes it', async () => {
    const { headers } = await call('/metadata', { headers: { 'accept-encoding': 'gzip' } });
    expect(headers.get('content-encoding')).toBe('gzip');
  });
});

describe('writing', () => {
  test('create, read back with every digit, update, history, delete', async () => {
    const sent = '{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"urn:x","valueDecimal":9.10}]}';
    const created = await send('POST', '/Basic', sent);
    expect(created.status).toBe(201);
    const at = new URL(created.headers.get('location') ?? '').pathname
      .slice('/fhir'.length)
      .replace(/\/_history.*/, '');
    expect((await call(at)).text).toContain('9.10');
    const id = at.split('/').at(-1);
    const updated = await send('PUT', at, { resourceType: 'Basic', id, code: { text: 'y' } }, { 'if-match': 'W/"1"' });
    expect([updated.status, updated.headers.get('etag')]).toEqual([200, 'W/"2"']);
    const late = await send('PUT', at, { resourceType: 'Basic', id, code: { text: 'z' } }, { 'if-match': 'W/"1"' });
    expect(late.status).toBe(412);
    expect((await call(at, { method: 'DELETE' })).status).toBe(204);
    expect((await call(at)).status).toBe(410);
    const { json } = await call(`${at}/_history`);
    expect((json.entry ?? []).map(({ response }) => response['status'])).toEqual(['204', '200', '201']);
    const first = await call(`${at}/_history?_count=1`);
    const second = await call(first.json.link?.find(({ relation }) => relation === 'next')?.url ?? '');
    expect(second.json.entry?.[0]?.response['status']).toBe('200');
    expect((await call(`${at}/_history/1`)).json).toMatchObject({ code: { text: 'x' } });
    expect((await call('/Basic/_history')).json).toMatchObject({ total: 3 });
  });

  test('Prefer says what comes back', async () => {
    const minimal = await send('POST', '/Organization', organization(), { prefer: 'return=minimal' });
    expect([minimal.status, minimal.text]).toEqual([201, '']);
  });

  test('a conditional create finds what is there', async () => {
    const body = organization({ identifier: [{ system: 'urn:x', value: 'ORG-1' }] });
    const headers = { 'if-none-exist': 'identifier=urn:x|ORG-1' };
    const first = await send('POST', '/Organization', body, headers);
    const second = await send('POST', '/Organization', body, headers);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json['id']).toBe(first.json['id']);
  });

  test('a transaction is all or nothing and resolves its own names', async () => {
    const name = 'urn:uuid:11111111-1111-4111-8111-111111111111';
    const entries = (status: string) => [
      { fullUrl: name, resource: organization({ name: 'T-1' }), request: { method: 'POST', url: 'Organization' } },
      {
        resource: { resourceType: 'Location', status, managingOrganization: { reference: name } },
        request: { method: 'POST', url: 'Location' },
      },
      { request: { method: 'GET', url: 'Organization?name=T-1' } },
    ];
    const bad = await send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: entries('broken') });
    expect(bad.status).toBe(422);
    expect(bad.json).toMatchObject({ issue: [{ expression: ['Bundle.entry[1]'] }] });
    expect((await call('/Organization?name=T-1')).json).toMatchObject({ total: 0 });
    const good = await send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: entries('active') });
    expect(good.status).toBe(200);
    const [organized, location, found] = good.json.entry ?? [];
    const { resource } = location ?? {};
    expect(resource?.['managingOrganization']).toEqual({
      reference: `Organization/${String(organized?.resource['id'])}`,
    });
    expect(found?.resource).toMatchObject({ resourceType: 'Bundle', total: 1 });
  });

  test('a batch answers each entry by itself', async () => {
    const entry = [
      { request: { method: 'GET', url: 'Patient/p9' } },
      { request: { method: 'GET', url: 'Patient/none' } },
      { request: { method: 'POST', url: 'Organization' }, resource: organization() },
    ];
    const { json } = await send('POST', '', { resourceType: 'Bundle', type: 'batch', entry });
    expect((json.entry ?? []).map(({ response }) => response['status'])).toEqual(['200', '404', '201']);
  });
});

describe('refusals are OperationOutcomes', () => {
  test.each([
    ['GET', '/Patient/none', undefined, 404, 'server.not-found'],
    ['GET', '/Pateint/1', undefined, 404, 'fhir.unknown-type'],
    ['GET', '/Patient?nmae=x', undefined, 400, 'fhir.search-parameter-unknown'],
    ['GET', '/Patient/p1/$nothing', undefined, 404, 'server.not-found'],
    ['GET', '/Patient/p1/a/b/c', undefined, 404, 'server.not-found'],
    ['GET', '/Patient/%E0%A4%A', undefined, 400, 'server.request-invalid'],
    ['GET', '/Patient?_format=xml', undefined, 406, 'server.not-acceptable'],
    ['GET', '/Patient/p1/_history/77', undefined, 404, 'server.not-found'],
    ['GET', '/Patient/none/_history', undefined, 404, 'server.not-found'],
    ['PATCH', '/Patient/p1', '[]', 405, 'server.method-not-allowed'],
    ['POST', '/Patient/p1', '{}', 405, 'server.method-not-allowed'],
    ['POST', '/Patient', '{"resourceType":', 400, 'fhir.json-invalid'],
    ['POST', '/Patient', '[]', 400, 'fhir.json-invalid'],
    ['POST', '/Patient', '{"resourceType":"Basic","code":{"text":"x"}}', 400, 'server.request-invalid'],
    ['POST', '/Patient', '{"resourceType":"Patient","birthDate":"2026-02-30"}', 422, 'fhir.value-invalid'],
    [
      'POST',
      '/Basic',
      '{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient?x=1"}}',
      422,
      'server.reference-unresolved',
    ],
    ['PUT', '/Basic/b1', '{"resourceType":"Basic","id":"b2","code":{"text":"x"}}', 400, 'server.request-invalid'],
    ['POST', '', '{"resourceType":"Patient"}', 400, 'server.bundle-invalid'],
    ['POST', '', '{"resourceType":"Bundle","type":"batch","entry":[{}]}', 400, 'server.bundle-invalid'],
  ] as const)('%s %s: %s', async (...[method, path, body, status, code]) => {
    const answer = await call(path, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/fhir+json' } }),
    });
    expect([answer.status, answer.json['resourceType']]).toEqual([status, 'OperationOutcome']);
    expect(answer.json).toMatchObject({ issue: [{ details: { coding: [{ code }] } }] });
  });

  test('other media types and bodies that are too large', async () => {
    expect((await send('POST', '/Patient', '<Patient/>', { 'content-type': 'application/fhir+xml' })).status).toBe(415);
    expect((await call('/Patient/p1', { headers: { accept: 'application/fhir+xml' } })).status).toBe(406);
    const huge = `{"resourceType":"Basic","id":"${'x'.repeat(11 * 1024 * 1024)}"}`;
    expect((await send('POST', '/Basic', huge)).status).toBe(413);
    const entry = Array.from({ length: 2001 }, () => ({ request: { method: 'GET', url: 'Patient/p1' } }));
    expect((await send('POST', '', { resourceType: 'Bundle', type: 'batch', entry })).status).toBe(413);
  });

  test('paths beside the endpoint', async () => {
    const other = await call(`${running.server.address}/nothing`);
    expect([other.status, other.json['resourceType']]).toEqual([404, 'OperationOutcome']);
    expect((await call(`${running.server.address}/health`)).status).toBe(200);
    expect((await call(`${running.server.address}/ready`)).status).toBe(200);
    expect((await call(`${running.server.address}/metrics`)).text).toBe('# none\n');
  });
});

test('browsers of listed origins may call, others are told nothing', async () => {
  const allowed = await call('/Patient/p9', { headers: { origin: 'https://console.example.org' } });
  const other = await call('/Patient/p9', { headers: { origin: 'https://other.example.org' } });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://console.example.org');
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
