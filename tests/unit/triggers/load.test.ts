import { describe, expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { loadFollowUp } from '../../../src/triggers/read/load-follow-up.ts';
import { configFiles, knowledge } from './config-files.ts';

describe('the plans of the repository', () => {
  test('all load', () => {
    const loaded = loadFollowUp(configFiles(), knowledge);
    expect(loaded.ok ? loaded.value.plans.map((plan) => plan.id) : loaded.error.map(formatProblem)).toEqual([
      'chemo-side-effect-d3',
      'critical-value',
      'joint-replacement-postop',
      'pregnancy-calendar',
      't2dm-monthly-glucose',
    ]);
  });
});
