import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import fc from 'fast-check';

import type { ResourcePatch } from '../../src/fhir/patch.ts';
import { about, mr, patientOf, Ward } from '../unit/record/support.ts';

const SCHEMA = JSON.parse(readFileSync('src/record/document/patient-document.schema.json', 'utf8')) as object;

function validator(): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  return ajv.compile(SCHEMA);
}

const time = (hours: number): string => new Date(Date.UTC(2026, 10, 1) + hours * 3_600_000).toISOString();

const no = fc.constantFrom('P1', 'P1', 'P2', 'P3');
const small = fc.integer({ min: 0, max: 2 });
const hours = fc.integer({ min: 0, max: 700 });
const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const encounter = fc
  .record({
    no,
    local: small,
    status: from('planned', 'in-progress', 'finished', 'cancelled'),
    kind: from('IMP', 'AMB', 'EMER', 'VR'),
    start: hours,
  })
  .map((e) =>
    about(e.no, 'Encounter', `${e.no}-${e.local}`, {
      status: e.status,
      class: { code: e.kind },
      period: { start: time(e.start) },
    }),
  );

const observation = fc
  .record({
    no,
    local: small,
    status: from('preliminary', 'final', 'corrected', 'cancelled'),
    code: from('4548-4', '2823-3', 'local'),
    digits: fc.integer({ min: 30, max: 99 }),
    at: hours,
  })
  .map((o) =>
    about(o.no, 'Observation', `${o.no}-${o.local}`, {
      status: o.status,
      code: {
        coding: [o.code === 'local' ? { system: 'urn:lis', code: 'X1' } : { system: 'http://loinc.org', code: o.code }],
      },
      effectiveDateTime: time(o.at),
      valueQuantity: { value: o.digits / 10, unit: '%' },
    }),
  );

const condition = fc
  .record({
    no,
    local: small,
    code: from('E11.900', 'E11.200', 'I10'),
    state: from('active', 'resolved'),
    on: from('2019-06-01', '2024-03-05'),
  })
  .map((c) =>
    about(c.no, 'Condition', `${c.no}-${c.local}`, {
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: c.code }] },
      clinicalStatus: { coding: [{ code: c.state }] },
      onsetDateTime: c.on,
    }),
  );

const allergy = fc
  .record({ no, local: small, what: from('青霉素', '头孢', '无'), crit: from('high', 'low') })
  .map((a) => about(a.no, 'AllergyIntolerance', `${a.no}-${a.local}`, { code: { text: a.what }, criticality: a.crit }));

const appointment = fc
  .record({ no, local: small, status: from('booked', 'cancelled', 'noshow', 'fulfilled'), at: hours })
  .map((a) => about(a.no, 'Appointment', `${a.no}-${a.local}`, { status: a.status, start: time(a.at) }));

const procedure = fc
  .record({ no, local: small, code: from('81.5400', '99.0000'), status: from('completed', 'not-done') })
  .map((p) =>
    about(p.no, 'Procedure', `${p.no}-${p.local}`, {
      status: p.status,
      code: { coding: [{ system: 'urn:icd9cm3', code: p.code }] },
      performedDateTime: '2026-11-19',
    }),
  );

const flag = fc.record({ no, local: small, status: from('active', 'inactive') }).map((f) =>
  about(f.no, 'Flag', `${f.no}-${f.local}`, {
    status: f.status,
    code: { text: '血钾 6.8' },
    period: { start: time(1) },
  }),
);

const patient = fc
  .record({ no, name: from('测试甲', '测试乙'), phone: from('13912340001', '13912340002'), dead: from(false, true) })
  .map((p) => patientOf(p.no, p.name, { telecom: [{ system: 'phone', value: p.phone }], deceasedBoolean: p.dead }));

type Step =
  | { readonly kind: 'news'; readonly at: number; readonly source: string; readonly patches: readonly ResourcePatch[] }
  | { readonly kind: 'merge'; readonly at: number; readonly survivor: string; readonly retired: string }
  | { readonly kind: 'delete'; readonly at: number; readonly ref: ResourcePatch };

const clinical = fc.oneof(encounter, observation, observation, condition, allergy, appointment, procedure, flag);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: from('news' as const),
      at: hours,
      source: from('HIS', 'LIS'),
      patches: fc.array(clinical, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: from('news' as const),
      at: hours,
      source: from('HIS', 'LIS'),
      patches: fc.array(patient, { minLength: 1, maxLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: from('merge' as const), at: hours, survivor: no, retired: no }) },
  { weight: 1, arbitrary: fc.record({ kind: from('delete' as const), at: hours, ref: clinical }) },
);

async function play(ward: Ward, steps: readonly Step[]): Promise<void> {
  await ward.say(time(0), [patientOf('P1'), patientOf('P2'), patientOf('P3')]);
  for (const one of steps) {
    const at = time(one.at);
    if (one.kind === 'news') await ward.say(at, one.patches, { source: one.source });
    else if (one.kind === 'delete') {
      await ward.say(at, [], { deletes: [{ type: one.ref.type, id: one.ref.id }], rest: true, source: 'fhir' });
    } else if (one.survivor !== one.retired) {
      const merge = { kind: 'merge', survivor: mr(one.survivor), retired: mr(one.retired) } as const;
      await ward.say(at, [], { directives: [merge] });
    }
  }
}

describe('patient documents', () => {
  test('kept incrementally they equal a full rebuild, whatever was said in which order, and keep their schema', async () => {
    const validate = validator();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const ward = new Ward();
        await play(ward, steps);
        const { rows } = await ward.store.find('patients', {});
        for (const { body } of rows) {
          expect(validate(JSON.parse(JSON.stringify(body))) ? [] : validate.errors).toEqual([]);
        }
        const before = new Map(rows.map(({ id, body }) => [id, body]));
        const { changed } = await ward.parts.rebuild(ward.store, {});
        const after = await ward.store.find('patients', {});
        for (const { id, body } of after.rows) expect(without(body)).toEqual(without(before.get(id)));
        expect(changed).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

function without(body: unknown): unknown {
  return { ...(body as Readonly<Record<string, unknown>>), changedAt: undefined };
}
