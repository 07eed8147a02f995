import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { HOME } from '../../../src/app/home.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { FUNCTIONS } from '../../../src/mapping/functions/index.ts';
import { runMappingTests } from '../../../src/mapping/run-tests.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { CONTEXT, loaded, mappingFiles, message } from '../mapping/mapping-files.ts';

const page = readFileSync(path.join(HOME, 'docs', 'mapping.md'), 'utf8');

/** The files that the tutorial shows: YAML blocks whose first line names one. */
const shown = [...page.matchAll(/```yaml\n# (sites\/\S+\.yaml)\n([\s\S]*?)```/gu)].map(([, file = '', text = '']) => ({
  path: file,
  text,
}));

const base = mappingFiles().filter(({ path: file }) => !file.endsWith('.test.yaml'));

test('the tutorial shows files that are right together', () => {
  expect(shown.map(({ path: file }) => file.replace('sites/my-hospital/', ''))).toEqual([
    'tables/gender.yaml',
    'patient.yaml',
    'patient.test.yaml',
    'ADT_A01.yaml',
  ]);
  expect(runMappingTests([...base, ...shown]).flatMap(({ failures }) => failures.map(formatProblem))).toEqual([]);
});

test('its Z segment takes five lines and ends in an identifier', () => {
  const five = shown.find(({ path: file }) => file.endsWith('ADT_A01.yaml'))?.text ?? '';
  expect(five.trim().split('\n')).toHaveLength(5);
  const sent = message(
    'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01|1|P|2.5',
    'PID|1||P990001^^^H^MR',
    'PV1|1|I',
    'ZPI|1|310^职工基本医疗保险|C990001',
  );
  const mapping = loaded([...base, ...shown.filter(({ path: file }) => !file.includes('.test.'))]).for(
    sent,
    'my-hospital',
  );
  const result = mapping.ok ? mapping.value.run(sent, CONTEXT) : undefined;
  const patient = result && toResources(result).find(({ resourceType }) => resourceType === 'Patient');
  expect(JSON.stringify(patient?.['identifier'])).toContain('C990001');
  const kept = ['310', '职工基本医疗保险'].map((valueString, n) => ({ url: String(n + 1), valueString }));
  expect(patient?.['extension']).toEqual([{ url: 'urn:jingluo:hl7v2:ZPI-2', extension: kept }]);
  expect(result?.unmapped).toEqual([]);
});

test('the reference names every function as it is called', () => {
  const named = new Set([...page.matchAll(/^\| `([^`]+)` /gmu)].map(([, usage = '']) => usage.replaceAll('\\|', '|')));
  expect([...FUNCTIONS.values()].map(({ usage }) => usage).filter((usage) => !named.has(usage))).toEqual([]);
});
