import type { Problem } from '../../core/problem.ts';
import type { Calendar } from '../calendar.ts';
import { WEEKEND_ONLY } from '../calendar.ts';
import { compileSchema, schemaFaults } from './check-schema.ts';
import type { ConfigFile } from './yaml-file.ts';
import { readYaml } from './yaml-file.ts';

interface CalendarSource {
  readonly weekend?: readonly number[];
  readonly holidays?: readonly string[];
  readonly workdays?: readonly string[];
}

const days = { type: 'array', items: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } };
const validate = compileSchema(
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      weekend: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 7 } },
      holidays: days,
      workdays: days,
    },
  },
  () => true,
);

/** Reads calendar files into one calendar; without any, Saturday and Sunday are free. */
export function loadCalendar(files: readonly ConfigFile[], faults: Problem[]): Calendar {
  let calendar = WEEKEND_ONLY;
  for (const file of files) {
    const yaml = readYaml(file);
    const found = yaml.ok ? schemaFaults(validate, yaml.value) : yaml.error;
    faults.push(...found);
    if (!yaml.ok || found.length > 0) continue;
    const source = yaml.value.value as CalendarSource;
    calendar = {
      weekend: source.weekend === undefined ? calendar.weekend : new Set(source.weekend),
      holidays: new Set([...calendar.holidays, ...(source.holidays ?? [])]),
      workdays: new Set([...calendar.workdays, ...(source.workdays ?? [])]),
    };
  }
  return calendar;
}
