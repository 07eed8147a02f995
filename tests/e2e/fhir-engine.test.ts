import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { codeOf, FhirEngine, resourcesOf, type Answer, type FhirClient } from './fhir-engine-support.ts';

let engine: FhirEngine;
let emr: FhirClient;
let lab: FhirClient;

beforeAll(async () => {
  engine = await FhirEngine.start();
  [emr, lab] = await Promise.all([engine.client('emr'), engine.client('lab')]);
}, 60_000);

afterAll(() => engine.stop());

const organization = (name: string, more: object = {}) => ({ resourceType: 'Organization', name, ...more });
const times = <T>(n: number, make: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => make(index)));
const statuses = (answers: readonly Answer[]): Readonly<Record<number, number>> =>
  answers.reduce<Record<number, number>>((sum, { status }) => ({ ...sum, [status]: (sum[status] ?? 0) + 1 }), {});
const patient = (id: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  name: [{ text: '试测' }],
  birthDate: '1990-01-01',
  ...more,
});
const nextOf = ({ json }: Answer): string | undefined => {
  const links = Array.isArray(json['link']) ? (json['link'] as readonly { relation: string; url: string }[]) : [];
  return links.find(({ relation }) => relation === 'next')?.url;
};
const versionOf = ({ json }: Answer): unknown => (json['meta'] as { versionId?: unknown } | undefined)?.versionId;

describe('access', () => {
  test('what the server can do is open, everything else needs a token with the scope', async () => {
    const reader = await engine.client('viewer', 'system/Observation.read');
    expect((await reader.get('/metadata')).status).toBe(200);
    expect((await reader.get('/Observation')).status).toBe(200);
    expect((await reader.get('/Patient')).status).toBe(403);
    expect((await reader.call('POST', '/Observation', {})).status).toBe(403);
    expect((await emr.get('/Patient', { authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  test('a browser of a listed origin is told that it may', async () => {
    const asked = await emr.call('OPTIONS', '/Patient', undefined, { origin: 'https://console.example.org' });
    expect(asked.headers['access-control-allow-origin']).toBe('https://console.example.org');
    const other = await emr.get('/metadata', { origin: 'https://else.example.org' });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('twenty at once', () => {
  test('of updates on one version one wins, and no version is lost', async () => {
    await emr.call('PUT', '/Organization/race', organization('start', { id: 'race' }));
    const answers = await times(20, (n) =>
      emr.call('PUT', '/Organization/race', organization(`n${n}`, { id: 'race' }), { 'if-match': 'W/"1"' }),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 412: 19 });
    const free = await times(20, (n) => emr.call('PUT', '/Organization/race', organization(`f${n}`, { id: 'race' })));
    expect(statuses(free)).toEqual({ 200: 20 });
    const versions = resourcesOf((await emr.get('/Organization/race/_history?_count=100')).json);
    expect(versions.map((one) => Number((one['meta'] as { versionId: string }).versionId))).toEqual(
      Array.from({ length: 22 }, (_, n) => 22 - n),
    );
  });

  test('of creates with If-None-Exist one makes the resource, all name it', async () => {
    const body = organization('once', { identifier: [{ system: 'urn:example:org', value: 'once' }] });
    const headers = { 'if-none-exist': 'identifier=urn:example:org|once' };
    const answers = await times(20, () => emr.call('POST', '/Organization', body, headers));
    expect(statuses(answers)).toEqual({ 200: 19, 201: 1 });
    expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1);
    expect((await emr.get('/Organization?identifier=urn:example:org|once')).json['total']).toBe(1);
  });

  test('creates of one id by PUT make one resource; deletes of it leave one tombstone', async () => {
    const made = await times(20, () => emr.call('PUT', '/Organization/one', organization('same', { id: 'one' })));
    expect(statuses(made)).toEqual({ 200: 19, 201: 1 });
    const gone = await times(20, () => emr.call('DELETE', '/Organization/one'));
    expect(statuses(gone)).toEqual({ 204: 20 });
    expect((await emr.get('/Organization/one')).status).toBe(410);
    expect(resourcesOf((await emr.get('/Organization/one/_history')).json)).toHaveLength(1);
  });

  test('pages under writes show every resource that was there once', async () => {
    const tag = { meta: { tag: [{ system: 'urn:example:tag', code: 'paged' }] } };
    await times(30, (n) => emr.call('PUT', `/Organization/p${n}`, organization(`p${n}`, { id: `p${n}`, ...tag })));
    const seen: unknown[] = [];
    let next: string | undefined = '/Organization?_tag=urn:example:tag|paged&_sort=_id&_count=7';
    for (let n = 0; next !== undefined && n < 30; n += 1) {
      const [page]: readonly Answer[] = await Promise.all([
        emr.get(next),
        emr.call('PUT', `/Organization/a${n}`, organization(`a${n}`, { id: `a${n}`, ...tag })),
        emr.call('PUT', `/Organization/p${n % 30}`, organization(`changed${n}`, { id: `p${n % 30}`, ...tag })),
      ]);
      if (page === undefined) break;
      seen.push(...resourcesOf(page.json).map(({ id }) => id));
      next = nextOf(page);
    }
    const old = seen.filter((id) => String(id).startsWith('p'));
    expect(old.toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => `p${n}`).toSorted());
  }, 20_000);
});

describe('bundles', () => {
  const entry = (method: string, url: string, resource?: object, more: object = {}) => ({
    ...(resource === undefined ? {} : { resource }),
    request: { method, url },
    ...more,
  });
  const bundle = (type: string, entries: readonly object[]) => ({ resourceType: 'Bundle', type, entry: entries });
  const observation = (subject: string, value: string) =>
    `{"resourceType":"Observation","status":"final","code":{"text":"weight"},"subject":{"reference":"${subject}"},"valueQuantity":{"value":${value}}}`;

  test('a transaction resolves its names and conditional references, and keeps digits', async () => {
    const doctor = {
      resourceType: 'Practitioner',
      id: 'd1',
      identifier: [{ system: 'urn:example:staff', value: '7' }],
    };
    await emr.call('PUT', '/Practitioner/d1', doctor);
    const text = `{"resourceType":"Bundle","type":"transaction","entry":[
      {"fullUrl":"urn:uuid:6f0c7a52-3d0f-4a64-9e39-0d5b1c2a7e11","resource":${JSON.stringify({
        ...patient('x'),
        id: undefined,
        generalPractitioner: [{ reference: 'Practitioner?identifier=urn:example:staff|7' }],
      })},"request":{"method":"POST","url":"Patient"}},
      {"resource":${observation('urn:uuid:6f0c7a52-3d0f-4a64-9e39-0d5b1c2a7e11', '62.50')},"request":{"method":"POST","url":"Observation"}}]}`;
    const answer = await emr.call('POST', '', text);
    expect(answer.status).toBe(200);
    const [made, weighed] = resourcesOf(answer.json);
    expect(made).toMatchObject({ generalPractitioner: [{ reference: 'Practitioner/d1' }] });
    expect(weighed).toMatchObject({ subject: { reference: `Patient/${String(made?.['id'])}` } });
    expect((await emr.get(`/Observation/${String(weighed?.['id'])}`)).text).toContain('"value":62.50');
  });

  test.each([
    ['a conditional reference that matches nothing', 412, { reference: 'Practitioner?identifier=nobody' }],
    ['a name that no entry has', 422, { reference: 'urn:uuid:00000000-0000-4000-8000-000000000000' }],
  ])('%s fails the whole transaction', async (_what, status, reference) => {
    const before = (await emr.get('/Organization?_summary=count')).json['total'];
    const answer = await emr.call(
      'POST',
      '',
      bundle('transaction', [
        entry('POST', 'Organization', organization('never')),
        entry('POST', 'Encounter', {
          resourceType: 'Encounter',
          status: 'planned',
          class: { code: 'AMB' },
          participant: [{ individual: reference }],
        }),
      ]),
    );
    expect(answer.status).toBe(status);
    expect((await emr.get('/Organization?_summary=count')).json['total']).toBe(before);
  });

  test('a stale If-Match in a transaction undoes the rest; a batch carries out what it can', async () => {
    await emr.call('PUT', '/Organization/tx', organization('tx', { id: 'tx' }));
    const entries = [
      entry('PUT', 'Organization/tx-new', organization('new', { id: 'tx-new' })),
      {
        resource: organization('late', { id: 'tx' }),
        request: { method: 'PUT', url: 'Organization/tx', ifMatch: 'W/"9"' },
      },
    ];
    expect((await emr.call('POST', '', bundle('transaction', entries))).status).toBe(412);
    expect((await emr.get('/Organization/tx-new')).status).toBe(404);
    const done = await emr.call('POST', '', bundle('batch', entries));
    const answers = done.json['entry'] as readonly { readonly response: { readonly status: string } }[];
    expect(answers.map(({ response }) => response.status.slice(0, 3))).toEqual(['201', '412']);
  });

  test('a transaction is processed again as it was, without undoing what came after', async () => {
    const [ward] = resourcesOf(
      (await emr.call('POST', '', bundle('transaction', [entry('POST', 'Organization', organization('ward 1'))]))).json,
    );
    const where = `/Organization/${String(ward?.['id'])}`;
    const { source } = ward?.['meta'] as { readonly source: string };
    const message = source.slice('urn:jingluo:message:'.length);
    expect(await engine.operate('replay', { ids: [message] })).toContainEqual({ id: message, state: 'done' });
    expect(versionOf(await emr.get(where))).toBe('1');
    await emr.call('PUT', where, organization('ward 2', { id: ward?.['id'] }));
    await engine.operate('replay', { ids: [message] });
    expect((await emr.get(where)).json).toMatchObject({ name: 'ward 2', meta: { versionId: '2' } });
    await emr.call('DELETE', where);
    await engine.operate('replay', { ids: [message] });
    expect((await emr.get(where)).status).toBe(410);
  });
});

describe('patients', () => {
  test('a Patient of another source is not written: 409, whoever the source is', async () => {
    await engine.admit('A1', 'F1', '张试^^', '19800101');
    const [his] = resourcesOf((await emr.get('/Patient?identifier=F1')).json);
    const id = String(his?.['id']);
    const answer = await emr.call('PUT', `/Patient/${id}`, patient(id));
    expect([answer.status, codeOf(answer.json)]).toEqual([409, 'identity.not-owner']);
    expect((await emr.call('DELETE', `/Patient/${id}`)).status).toBe(409);
    await emr.call('PUT', '/Patient/emr-1', patient('emr-1'));
    expect((await lab.call('PUT', '/Patient/emr-1', patient('emr-1'))).status).toBe(409);
    expect((await emr.call('PUT', '/Patient/emr-1', patient('emr-1', { gender: 'female' }))).status).toBe(200);
  });

  test('two sources, one person: shown as the lead, written by the owner, never answered 304', async () => {
    const number = { system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: '990000196803121014' };
    const typed = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] };
    const person = { name: [{ text: '刘试' }], birthDate: '1968-03-12', gender: 'male' };
    const as = (id: string) => patient(id, { ...person, identifier: [{ type: typed, ...number }] });
    await emr.call('PUT', '/Patient/m-emr', as('m-emr'));
    await lab.call('PUT', '/Patient/m-lab', as('m-lab'));
    const found = resourcesOf((await emr.get(`/Patient?identifier=${number.system}|${number.value}`)).json);
    expect(found.map(({ id }) => id)).toEqual(['m-emr']);
    const glucose = {
      resourceType: 'Observation',
      id: 'm-o',
      status: 'final',
      code: { text: 'glucose' },
      subject: { reference: 'Patient/m-lab' },
    };
    await lab.call('PUT', '/Observation/m-o', glucose);
    const shown = await emr.get('/Observation/m-o');
    expect(shown.json).toMatchObject({ subject: { reference: 'Patient/m-emr' } });
    const again = await emr.get('/Observation/m-o', { 'if-none-match': String(shown.headers.etag) });
    expect(again.status).toBe(200);
    for (const id of ['m-emr', 'm-lab']) {
      const all = resourcesOf((await emr.get(`/Patient/${id}/$everything`)).json);
      expect(all.map((one) => `${String(one['resourceType'])}/${String(one['id'])}`)).toEqual(
        expect.arrayContaining(['Patient/m-emr', 'Observation/m-o']),
      );
    }
    const lead = (await emr.get('/Patient/m-emr')).json;
    expect(JSON.stringify(lead['link'])).toContain('Patient/m-lab');
    expect((await emr.call('PUT', '/Patient/m-emr', { ...lead, maritalStatus: { text: 'married' } })).status).toBe(200);
    const members = resourcesOf((await emr.get('/Patient/m-lab/$sources')).json);
    expect(members.map((one) => [one['id'], one['link']])).toEqual([
      ['m-emr', undefined],
      ['m-lab', undefined],
    ]);
    const moved = { ...glucose, status: 'amended', subject: { reference: 'Patient/m-emr' } };
    expect((await lab.call('PUT', '/Observation/m-o', moved)).status).toBe(200);
    expect((await emr.get('/Observation/m-o/_history/2')).json).toMatchObject({
      subject: { reference: 'Patient/m-lab' },
    });
  });

  test('unchanged alone: 304 by version', async () => {
    await emr.call('PUT', '/Patient/alone', patient('alone', { name: [{ text: '独试' }], birthDate: '1971-03-03' }));
    const { etag } = (await emr.get('/Patient/alone')).headers;
    expect((await emr.get('/Patient/alone', { 'if-none-match': String(etag) })).status).toBe(304);
  });

  test.each([
    ['/Patient/nobody', 404],
    ['/Nothing/1', 404],
    ['/Patient?colour=red', 400],
    ['/Patient/nobody/$everything', 404],
    ['/Patient/emr-1/_history/99', 404],
    ['/Patient/emr-1/_history/x', 404],
  ])('%s answers %d with an OperationOutcome', async (where, status) => {
    const answer = await emr.get(where);
    expect([answer.status, answer.json['resourceType']]).toEqual([status, 'OperationOutcome']);
  });

  test('an unknown parameter is passed over where the client is lenient', async () => {
    const answer = await emr.get('/Patient?colour=red&_count=1', { prefer: 'handling=lenient' });
    expect([answer.status, answer.json['type']]).toEqual([200, 'searchset']);
  });
});
