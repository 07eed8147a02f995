import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { noMetrics } from '../../../src/core/metrics.ts';
import { STORES } from '../../../src/store/builtins.ts';
import type { Store } from '../../../src/store/port.ts';
import { Draft } from '../../../src/store/draft.ts';
import { personOf, personsOf } from '../../../src/record/people.ts';
import { search } from '../../../src/record/search/search.ts';
import { showRows } from '../../../src/record/search/show-rows.ts';
import { putPerson, putResources, ZONE } from '../../support/resource-rows.ts';
import { OBSERVATION, PATIENT } from '../fhir/resources.ts';

const NOW = new Date('2026-03-10T04:00:00Z');
const BASE = 'http://127.0.0.1/fhir';

describe.each(['memory', 'sqlite'])('over the %s store', (type) => {
  let store: Store;
  let dataDir: string;

  const run = (type: string, query: string) =>
    search(
      { type, parameters: new URLSearchParams(query), base: BASE, now: NOW },
      { store, zone: ZONE, personOf: (rec) => personOf(new Draft(store), rec), cursorKey: 'secret' },
    );

  async function page(type: string, query: string) {
    const found = await run(type, query);
    if (!found.ok) throw new TypeError(found.error.message);
    return found.value;
  }

  const ids = async (type: string, query: string): Promise<string[]> =>
    (await page(type, query)).matches.map(({ id }) => id.slice(type.length + 1)).toSorted();

  const observation = (id: string, change: object) => ({ ...OBSERVATION, id, component: undefined, ...change });
  const code = (value: string) => ({ coding: [{ system: 'http://loinc.org', code: value }] });

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'jingluo-search-'));
    const driver = STORES.find((one) => one.type === type);
    const deps = { dataDir, log: silentLog, metrics: noMetrics, clock: systemClock };
    const opened = await driver?.create({}, deps);
    if (opened === undefined) throw new TypeError(`no driver ${type}`);
    store = opened;
    await putPerson(store, ['p1', 'p2']);
    await putPerson(store, ['p3']);
    const member = {
      resourceType: 'Patient',
      id: 'p2',
      name: [{ text: '张伟' }],
      identifier: [{ system: 'urn:lis', value: 'L-7' }],
    };
    await putResources(store, [PATIENT], { searchAs: [PATIENT, member] });
    await putResources(store, [member], { listed: false });
    await putResources(store, [
      {
        resourceType: 'Patient',
        id: 'p3',
        name: [{ family: 'Zhang', given: ['San'] }],
        gender: 'male',
        birthDate: '1991-05',
      },
      {
        resourceType: 'Encounter',
        id: 'e1',
        status: 'finished',
        class: { code: 'IMP' },
        subject: { reference: 'Patient/p2' },
      },
      OBSERVATION,
      observation('o2', {
        subject: { reference: 'Patient/p2' },
        code: code('2345-7'),
        effectivePeriod: undefined,
        effectiveDateTime: '2026-03-05',
        valueQuantity: { value: 126, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
      }),
      observation('o3', {
        subject: { reference: 'Patient/p3' },
        status: 'amended',
        code: code('2345-7'),
        effectivePeriod: undefined,
        effectiveDateTime: '2026-03-08T08:00:00+08:00',
        valueQuantity: { value: 5.4, unit: 'mmol/L' },
      }),
    ]);
  });

  afterAll(async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  });

  describe('search', () => {
    test.each([
      ['Patient', 'name=欧阳', ['p1']],
      ['Patient', 'name=ouyang', ['p1']],
      ['Patient', 'name=ouyang jing', ['p1']],
      ['Patient', 'name=oyj', ['p1']],
      ['Patient', 'name=歐陽靜', ['p1']],
      ['Patient', 'name=zhang', ['p1', 'p3']],
      ['Patient', 'name=zhangwei', ['p1']],
      ['Patient', 'name=San Zhang', ['p3']],
      ['Patient', 'family:exact=欧阳', ['p1']],
      ['Patient', 'family:exact=欧', []],
      ['Patient', 'address:contains=海淀', ['p1']],
      ['Patient', 'identifier=urn:lis|L-7', ['p1']],
      ['Patient', 'identifier=L-7,MR-001', ['p1']],
      ['Patient', 'identifier=urn:lis|', ['p1']],
      ['Patient', 'identifier=|no-system', ['p1']],
      ['Patient', 'identifier=|MR-001', []],
      ['Patient', '_id=p2', ['p1']],
      ['Patient', '_id=p1,p3,unknown&gender=male', ['p3']],
      ['Patient', 'gender=http://hl7.org/fhir/administrative-gender|male', ['p3']],
      ['Patient', 'gender:not=female', ['p3']],
      ['Patient', 'birthdate=1980-02-03', ['p1']],
      ['Patient', 'birthdate=1991', ['p3']],
      ['Patient', 'birthdate=ge1985,lt1970', ['p3']],
      ['Patient', 'birthdate=ge1980-02-03&birthdate=le1980-02-03', ['p1']],
      ['Patient', 'email=ouyang@example.org', ['p1']],
      ['Patient', 'phone=ouyang@example.org', []],
      ['Patient', 'address:missing=true', ['p3']],
      ['Patient', 'deceased=true', ['p1']],
      ['Patient', '_tag=urn:tags|demo', ['p1']],
      ['Patient', '_profile=http://example.org/profile', ['p1']],
      ['Observation', 'patient=p1', ['o1', 'o2']],
      ['Observation', 'patient=Patient/p2', ['o1', 'o2']],
      ['Observation', `subject=${BASE}/Patient/p2`, ['o1', 'o2']],
      ['Observation', 'subject:Patient=p3', ['o3']],
      ['Observation', 'subject=Device/p3', []],
      ['Observation', 'code=http://loinc.org|2345-7&status=final', ['o2']],
      ['Observation', 'combo-code=8480-6', ['o1']],
      ['Observation', 'status:not=final', ['o3']],
      ['Observation', 'category=laboratory', ['o1', 'o2', 'o3']],
      ['Observation', 'date=2026-03-05', ['o2']],
      ['Observation', 'date=ge2026-03-08', ['o1', 'o3']],
      ['Observation', 'date=lt2026-03-05', ['o1']],
      ['Observation', 'date=sa2026-03-05', ['o3']],
      ['Observation', 'date=eb2026-03-06', ['o2']],
      ['Observation', 'date=ne2026-03-05', ['o1', 'o3']],
      ['Observation', 'date=2026-03-08T08:00', ['o3']],
      ['Observation', 'value-quantity=gt100', ['o2']],
      ['Observation', 'value-quantity=5.4', ['o3']],
      ['Observation', 'value-quantity=5.40', ['o3']],
      ['Observation', 'value-quantity=5', ['o3']],
      ['Observation', 'value-quantity=5.0', []],
      ['Observation', 'value-quantity=gt1|http://unitsofmeasure.org|mg/dL', ['o2']],
      ['Observation', 'value-quantity=gt1||mmol/L', ['o3']],
      ['Observation', 'component-code-value-quantity=8480-6$gt150', ['o1']],
      ['Observation', 'component-code-value-quantity=8480-6$lt100', []],
      ['Observation', 'code-value-quantity=2345-7$lt10', ['o3']],
      ['Observation', 'combo-value-quantity=gt150', ['o1']],
      ['Observation', 'performer=Practitioner/d1', ['o1', 'o2', 'o3']],
      ['Observation', 'encounter=e1', ['o1', 'o2', 'o3']],
      ['Observation', '_lastUpdated=gt2100', []],
      ['Observation', '_source=urn:jingluo:message:m1', ['o1', 'o2', 'o3']],
      ['Observation', 'value-quantity:missing=true', []],
    ])('%s?%s', async (type, query, expected) => {
      expect(await ids(type, query)).toEqual(expected);
    });

    test.each([
      ['Patient', 'nmae=x', 'fhir.search-parameter-unknown', 'did you mean \\"name\\"'],
      ['Patient', 'birthdate=yesterday', 'fhir.search-value-invalid', 'date'],
      ['Patient', 'birthdate=1980-02-30', 'fhir.search-value-invalid', 'date'],
      ['Patient', 'name:text=x', 'fhir.search-unsupported', ':exact'],
      ['Patient', 'general-practitioner.name=x', 'fhir.search-unsupported', 'two steps'],
      ['Patient', '_has:Observation:patient:code=x', 'fhir.search-unsupported', 'two steps'],
      ['Patient', '_sort=name', 'fhir.search-unsupported', '_lastUpdated'],
      ['Patient', '_count=many', 'fhir.search-value-invalid', 'whole number'],
      ['Patient', '_include=Patient:nothing', 'fhir.search-unsupported', 'Type:parameter'],
      ['Patient', '_cursor=abc', 'fhir.search-cursor-invalid', 'belong'],
      ['Observation', 'value-quantity=much', 'fhir.search-value-invalid', 'number'],
      ['Observation', 'subject=Pateint/1', 'fhir.search-value-invalid', 'Type/id'],
      ['Observation', 'code-value-quantity=1', 'fhir.search-value-invalid', '$'],
    ])('%s?%s is refused with %s', async (type, query, problem, words) => {
      const found = await run(type, query);
      expect(found).toMatchObject({ ok: false, error: { code: problem } });
      expect(JSON.stringify(found)).toContain(words);
    });

    test('sorts by date, newest first', async () => {
      const { matches } = await page('Observation', '_sort=-date');
      expect(matches.map(({ id }) => id)).toEqual(['Observation/o3', 'Observation/o2', 'Observation/o1']);
    });

    test('includes what matches refer to and what refers to them, members as their lead', async () => {
      const { matches, included } = await page(
        'Observation',
        'code=2345-7&patient=p1&_include=Observation:subject&_include=Observation:encounter',
      );
      expect(matches.map(({ id }) => id)).toEqual(['Observation/o2']);
      expect(included.map(({ id }) => id).toSorted()).toEqual(['Encounter/e1', 'Patient/p1']);
      const reverse = await page('Patient', '_id=p1&_revinclude=Observation:patient&_revinclude=Encounter:subject');
      expect(reverse.included.map(({ id }) => id).toSorted()).toEqual([
        'Encounter/e1',
        'Observation/o1',
        'Observation/o2',
      ]);
      expect(reverse.total).toBe(1);
    });

    test('shows references to a member as references to the lead', async () => {
      const { matches } = await page('Observation', 'patient=p1&code=2345-7');
      const [text = ''] = await showRows(matches, (recs) => personsOf(new Draft(store), recs));
      expect(JSON.parse(text)).toMatchObject({ id: 'o2', subject: { reference: 'Patient/p1' } });
    });

    test('a page ends where asked, and its cursor is good for this search alone', async () => {
      const first = await page('Observation', 'status=final,amended&_count=2');
      expect(first.matches).toHaveLength(2);
      expect(first.total).toBeUndefined();
      const next = encodeURIComponent(first.next ?? '');
      const second = await page('Observation', `status=final,amended&_count=2&_cursor=${next}`);
      expect([...first.matches, ...second.matches].map(({ id }) => id).toSorted()).toEqual([
        'Observation/o1',
        'Observation/o2',
        'Observation/o3',
      ]);
      expect(second.next).toBeUndefined();
      expect(await run('Observation', `status=final&_count=2&_cursor=${next}`)).toMatchObject({ ok: false });
    });

    test('pages through what only the resource can tell', async () => {
      const first = await page('Observation', 'value-quantity=gt1||mmol/L,gt1||mg/dL&_count=1');
      const second = await page(
        'Observation',
        `value-quantity=gt1||mmol/L,gt1||mg/dL&_count=1&_cursor=${first.next ?? ''}`,
      );
      expect([...first.matches, ...second.matches].map(({ id }) => id)).toEqual(['Observation/o2', 'Observation/o3']);
    });

    test('counts without reading', async () => {
      expect(await page('Observation', 'status=final&_summary=count')).toMatchObject({ total: 2, matches: [] });
      expect(await page('Observation', '_count=1&_total=accurate')).toMatchObject({ total: 3 });
    });
  });
});
