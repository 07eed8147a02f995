import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { runOutboundTests } from '../../../src/mapping/outbound/run-tests.ts';
import type { MappingTestResult } from '../../../src/mapping/run-tests.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';

const results = runOutboundTests(mappingFiles());

test.each(results.map((result): [string, string, MappingTestResult] => [result.file, result.name, result]))(
  '%s: %s',
  (_file, _name, { failures }) => {
    expect(failures.map(formatProblem)).toEqual([]);
  },
);

test('a case that is wrong says where and what it found', () => {
  const wrong =
    '- send: ADT_A08\n  resources: [{ resourceType: Patient, id: p, gender: male }]\n  expect: { PID-8: F }\n';
  const found = runOutboundTests([...mappingFiles(), { path: 'outbound/wrong.test.yaml', text: wrong }]);
  const failures = found.filter(({ file }) => file === 'outbound/wrong.test.yaml').flatMap((one) => one.failures);
  expect(failures.map(formatProblem)).toEqual([
    'outbound/wrong.test.yaml:3:13 PID-8: expected F, found M [mapping.test-failed]',
  ]);
});
