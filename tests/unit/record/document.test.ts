import { describe, expect, test } from '@jest/globals';

import { about, patientOf, Ward } from './support.ts';

const LOINC = 'http://loinc.org';

function result(
  local: string,
  quantity: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
) {
  return about('P1', 'Observation', local, {
    status: 'final',
    code: { coding: [{ system: LOINC, code: '4548-4' }], text: 'HbA1c' },
    effectiveDateTime: `2026-11-1${local}T09:00:00+08:00`,
    valueQuantity: quantity,
    ...more,
  });
}

async function documentOf(...patches: Parameters<Ward['say']>[1]) {
  const ward = new Ward();
  for (const patch of patches) await ward.say('2026-11-18T01:00:00Z', [patientOf('P1', '张测试'), patch]);
  return ward.document('P1');
}

describe('the patient document', () => {
  test('measures: canonical value beside the value as sent, latest first, counted, with a trend of cohort numbers', async () => {
    const document = await documentOf(
      result('1', { value: 8.4, unit: '%', code: '%' }),
      result('5', { value: 75, unit: 'mmol/mol', code: 'mmol/mol' }),
    );
    expect(document).toMatchObject({
      measures: {
        n: 1,
        list: [
          {
            code: '4548-4',
            v: 9.01,
            u: '%',
            raw: '75 mmol/mol',
            k: 2,
            trend: [
              ['2026-11-11', 8.4],
              ['2026-11-15', 9.01],
            ],
          },
        ],
      },
      marks: [{ c: 'hba1c', v: 9.01, on: '2026-11-15' }],
    });
  });

  test('a bound is no number: it is shown as sent and stands in no cohort', async () => {
    const document = await documentOf(result('1', { value: 20, comparator: '>', unit: '%', code: '%' }));
    expect(document).toMatchObject({ measures: { list: [{ raw: '>20 %', k: 1 }] }, marks: [] });
    expect(JSON.stringify(document?.['measures'])).not.toContain('"v"');
  });

  test.each([
    ['nothing said', [], 'unknown'],
    ['none known', ['否认药物过敏史'], 'denied'],
    ['one', ['青霉素'], 'known'],
    ['one, and none known', ['青霉素', '无'], 'conflict'],
  ])('allergies: %s', async (_name, substances, state) => {
    const patches = substances.map((text, n) => about('P1', 'AllergyIntolerance', `A${n}`, { code: { text } }));
    const document = await documentOf(about('P1', 'Encounter', 'E', { status: 'finished' }), ...patches);
    expect(document?.['allergies']).toMatchObject({ n: substances.length, state });
  });

  test('several resources with one diagnosis are one entry with its sources, newest first', async () => {
    const diagnosis = (local: string, on: string) =>
      about('P1', 'Condition', local, {
        code: { coding: [{ system: 'urn:icd10gl', code: 'E11.900' }], text: '2型糖尿病' },
        onsetDateTime: on,
      });
    const document = await documentOf(diagnosis('D1', '2024-03-05'), diagnosis('D2', '2019-06-01'));
    expect(document?.['conditions']).toMatchObject({
      n: 1,
      list: [
        {
          code: 'E11.900',
          sys: 'icd10-gl',
          state: 'active',
          since: '2019-06-01',
          seen: 2,
          p: [['HIS'], ['HIS']].map(([s]) => [s, expect.any(String), '2026-11-18']),
        },
      ],
    });
  });

  test('demographics carry their provenance', async () => {
    expect(await documentOf(about('P1', 'Encounter', 'E', { status: 'finished' }))).toMatchObject({
      name: '张测试',
      pinyin: ['zhangceshi', 'zcs'],
      from: { name: { hl7: 'PID-5', msg: 'm1', why: 'only' } },
      keys: expect.arrayContaining(['id:HOSP01|MR|P1']),
    });
  });

  test('a document that would pass the size limit is shortened with a warning; the counts stay', async () => {
    const ward = new Ward();
    const text = '长'.repeat(4_000);
    const many = Array.from({ length: 130 }, (_, n) =>
      about('P1', 'Observation', `O${n}`, {
        status: 'final',
        code: { coding: [{ system: 'urn:local', code: `X${n}` }] },
        effectiveDateTime: '2026-11-18T09:00:00+08:00',
        valueString: text,
      }),
    );
    const applied = await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), ...many]);
    expect(applied).toMatchObject({ value: { warnings: [{ code: 'record.document-cut' }] } });
    const document = await ward.document('P1');
    expect(document).toMatchObject({ shortened: true, measures: { n: 130 } });
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(256 * 1024);
  });
});
