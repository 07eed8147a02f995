import { describe, expect, test } from '@jest/globals';
import { problem } from '../../../src/core/problem.ts';
import { outcome } from '../../../src/fhir/outcome.ts';
import { findReferences, replaceReferences } from '../../../src/fhir/references.ts';
import { validate } from '../../../src/fhir/validate/validate.ts';
import { APPOINTMENT } from './resources.ts';

describe('references', () => {
  test('are found with their places', () => {
    expect(findReferences(APPOINTMENT)).toEqual([
      { reference: 'Patient/p1', path: 'participant[0].actor' },
      { reference: 'Practitioner/d1', path: 'participant[1].actor' },
      { reference: 'Location/l1', path: 'participant[2].actor' },
    ]);
  });

  test('are replaced, and what has none is left as it is', () => {
    const changed = replaceReferences(APPOINTMENT, (reference) =>
      reference === 'Patient/p1' ? 'Patient/p2' : undefined,
    );
    expect(findReferences(changed)[0]?.reference).toBe('Patient/p2');
    expect(replaceReferences(APPOINTMENT, () => undefined)).toBe(APPOINTMENT);
  });
});

test('an OperationOutcome of problems is valid and names place and code', () => {
  const made = outcome([
    { severity: 'error', problem: problem('fhir.value-invalid', 'No date.', { path: 'Patient.birthDate' }) },
  ]);
  expect(validate(made)).toEqual([]);
  expect(made).toMatchObject({
    issue: [
      { code: 'value', expression: ['Patient.birthDate'], details: { coding: [{ code: 'fhir.value-invalid' }] } },
    ],
  });
});
