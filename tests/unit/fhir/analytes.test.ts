import { describe, expect, test } from '@jest/globals';
import { canonical } from '../../../src/fhir/analytes.ts';
import { fhirDecimal } from '../../../src/fhir/json.ts';

const result = (code: string, value: unknown, unit: string, more: object = {}) => ({
  code: { coding: [{ system: 'http://loinc.org', code }] },
  valueQuantity: { value, unit, ...more },
});

describe('canonical results', () => {
  test.each([
    ['HbA1c IFCC', result('59261-8', 53, 'mmol/mol'), { code: '4548-4', value: 7, unit: '%' }],
    ['HbA1c NGSP', result('4548-4', fhirDecimal('9.10'), '%'), { code: '4548-4', value: 9.1, unit: '%' }],
    ['glucose', result('2345-7', 126, 'mg/dL'), { code: '14749-6', value: 6.99, unit: 'mmol/L' }],
    ['fasting glucose stays apart', result('1558-6', 126, 'mg/dL'), { code: '14771-0', value: 6.99 }],
    ['creatinine', result('2160-0', 1.2, 'mg/dL'), { code: '14682-9', value: 106.1, unit: 'umol/L' }],
    ['creatinine with a micro sign', result('14682-9', 97, 'μmol/L'), { value: 97, unit: 'umol/L' }],
    ['cholesterol', result('2093-3', 200, 'mg/dL'), { value: 5.17, unit: 'mmol/L' }],
    ['triglyceride', result('2571-8', 150, 'mg/dl'), { value: 1.69, unit: 'mmol/L' }],
    ['urate', result('3084-1', 7, 'mg/dL'), { code: '14933-6', value: 416.4, unit: 'umol/L' }],
    ['urea nitrogen is not urea', result('3094-0', 20, 'mg/dL'), { code: '14937-7', value: 7.14 }],
    ['bilirubin', result('1975-2', 1, 'mg/dL'), { value: 17.1, unit: 'umol/L' }],
    ['calcium', result('17861-6', 10, 'mg/dL'), { value: 2.5, unit: 'mmol/L' }],
    ['a bound', result('4548-4', 20, '%', { comparator: '>' }), { value: 20, comparator: '>' }],
    ['a code beside a display unit', result('2345-7', 90, '毫克', { code: 'mg/dL' }), { value: 5 }],
  ])('%s', (_what, observation, expected) => {
    expect(canonical(observation)).toMatchObject(expected);
  });

  test.each([
    ['another analyte', result('2823-3', 5, 'mmol/L')],
    ['a unit that is not known for it', result('4548-4', 7, 'g/L')],
    ['no unit', result('4548-4', 7, '')],
    ['no number', result('4548-4', 'high', '%')],
    [
      'a code of another system',
      { code: { coding: [{ system: 'urn:x', code: '4548-4' }] }, valueQuantity: { value: 7 } },
    ],
    ['no quantity', { code: { text: 'x' } }],
  ])('%s is not evaluable', (_what, observation) => {
    expect(canonical(observation)).toBeUndefined();
  });
});
