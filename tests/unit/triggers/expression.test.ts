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

  const result = (code: string, flag: string): Record<string, unknown> => ({
    observation: {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code }, { code: 'K' }] },
      interpretation: [{ coding: [{ code: flag }] }],
    },
  });
  const condition = (code: string | undefined, status: string): Record<string, unknown> => ({
    resourceType: 'Condition',
    code: { coding: [code === undefined ? { display: 'x' } : { code }] },
    clinicalStatus: { coding: [{ code: status }] },
  });

  test.each([
    "%event.observation.interpretation.coding.code contains 'HH'",
    "%event.observation.code.coding.where(code = '2823-3').exists()",
    "%event.observation.code.coding.where(system = 'http://loinc.org' and code = '2823-3').exists()",
    "%event.observation.status in ('final' | 'amended') and %event.observation.interpretation.coding.code contains 'HH'",
    "%event.observation.code.coding.code = '2823-3'",
    "%doc.conditions.where(clinicalStatus.coding.code = 'active').exists()",
    "%doc.conditions.where(code.coding.where(code.startsWith('E11')).exists() and clinicalStatus.coding.code = 'active').exists()",
    "%doc.conditions.where(code.coding.where(code = 'E11.900').exists() or clinicalStatus.coding.code = 'active').exists()",
  ])('is the same compiled and interpreted: %s', (text) => {
    const expression = compileExpression(text, knowledge);
    const events = [result('2823-3', 'HH'), result('2951-2', 'N'), {}];
    const docs = [
      { conditions: [condition('E11.900', 'active'), condition('I10', 'active')] },
      { conditions: [condition('E11.900', 'resolved'), condition(undefined, 'active')] },
      { conditions: [] },
      {},
    ];
    for (const event of events) {
      for (const doc of docs) {
        const scope = { event, doc, now: NOW, zone: 'Asia/Shanghai' };
        const outcome = expression.evaluate(scope);
        const [value] = outcome.ok && outcome.values.length === 1 ? outcome.values : [];
        expect(truth(expression, scope)).toBe(typeof value === 'boolean' ? String(value) : 'not-evaluable');
      }
    }
  });

  test('an anchor with two values is no anchor', () => {
    const scope = { doc: { a: ['2026-01-01', '2026-01-02'] }, now: NOW, zone: 'Asia/Shanghai' };
    expect(singleText(compileExpression('%doc.a', knowledge), scope)).toBeUndefined();
    expect(singleText(compileExpression('%doc.a.first()', knowledge), scope)).toBe('2026-01-01');
  });
});
