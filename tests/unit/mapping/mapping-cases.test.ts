import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { runMappingTests, type MappingTestResult } from '../../../src/mapping/run-tests.ts';
import { mappingFiles } from './mapping-files.ts';

const results = runMappingTests(mappingFiles());

test.each(results.map((result): [string, string, MappingTestResult] => [result.file, result.name, result]))(
  '%s: %s',
  (_file, _name, { failures }) => {
    expect(failures.map(formatProblem)).toEqual([]);
  },
);
