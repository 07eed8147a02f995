import { describe, expect, test } from '@jest/globals';
import { compileExpression, singleText, truth } from '../../../src/triggers/expression.ts';
import { knowledge } from './config-files.ts';

const NOW = new Date('2026-11-21T09:00:00+08:00');

function hba1c(value: number, code: string): Record<string, unknown> {
  return {
    resourceType: 'Observation',
    code: { coding: [{ code: '4548-4' }] },
    valueQuantity: { value, unit: code, code },
  };
}

const patient = (birthDate: string): Record<string, unknown> => ({ patient: { resourceType: 'Patient', birthDate } });

describe('conditions', () => {
  test.each<[string, string, Record<string, unknown>, string]>([
    [
      '75 mmol/mol is 9.0 %',
      "canonical(%event.observation) > 8.0 '%'",
      { event: { observation: hba1c(75, 'mmol/mol') } },
      'true',
    ],
    [
      '60 mmol/mol is 7.6 %',
      "canonical(%event.observation) > 8.0 '%'",
      { event: { observation: hba1c(60, 'mmol/mol') } },
      'false',
    ],
    ['50 on the birthday', '%doc.patient.birthDate <= %today - 50 years', { doc: patient('1976-11-21') }, 'true'],
    ['49', '%doc.patient.birthDate <= %today - 50 years', { doc: patient('1976-11-22') }, 'false'],
    [
      'a year alone is not evaluable',
      '%doc.patient.birthDate <= %today - 50 years',
      { doc: patient('1976') },
      'not-evaluable',
    ],
    [
      'a missing value is not false',
      '%event.observation.value.value > 8.0',
      { event: { observation: { resourceType: 'Observation' } } },
      'not-evaluable',
    ],
    [
      'a text compared with a number',
      '%event.observation.value > 8.0',
      { event: { observation: { resourceType: 'Observation', valueString: '>20.0' } } },
      'not-evaluable',
    ],
    ['two values', "'a' | 'b'", {}, 'not-evaluable'],
    [
      'a concept',
      "%doc.conditions.concept('t2dm').exists()",
      { doc: { conditions: [{ resourceType: 'Condition', code: { coding: [{ code: 'E11.900' }] } }] } },
      'true',
    ],
    [
      'another concept',
      "%doc.conditions.concept('t2dm').exists()",
      { doc: { conditions: [{ resourceType: 'Condition', code: { coding: [{ code: 'I10' }] } }] } },
      'false',
    ],
  ])('%s', (_name, text, scope, expected) => {
    const expression = compileExpression(text, knowledge);
    expect(truth(expression, { ...scope, now: NOW, zone: 'Asia/Shanghai' })).toBe(expected);
  });

  test('an anchor with two values is no anchor', () => {
    const scope = { doc: { a: ['2026-01-01', '2026-01-02'] }, now: NOW, zone: 'Asia/Shanghai' };
    expect(singleText(compileExpression('%doc.a', knowledge), scope)).toBeUndefined();
    expect(singleText(compileExpression('%doc.a.first()', knowledge), scope)).toBe('2026-01-01');
  });
});
