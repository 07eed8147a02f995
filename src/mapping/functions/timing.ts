import type { Compiled, MappingFunction } from '../compile/compiled.ts';
import { timingOf } from '../convert/timings.ts';
import { Cell, Made, type Item } from '../run/cell.ts';
import { anyNeed } from '../run/presence.ts';
import type { Env } from '../run/run.ts';

const NAMES = ['at', 'offset', 'bounds', 'start', 'end', 'duration', 'count'];
const NONE: readonly Item[] = [];

const cellsIn = (compiled: Compiled | undefined, env: Env): readonly Cell[] =>
  (compiled?.evaluate(env) ?? NONE).flatMap((item) => (item instanceof Cell && !item.isNull ? [item] : []));

/** `timing(start=TQ1-7, …)`. */
export const timingFunction: MappingFunction = {
  name: 'timing',
  usage: 'timing(start=PATH, end=PATH, bounds=PATH, at=PATH, offset=PATH, duration=PATH, count=PATH)',
  summary:
    'When something is to happen, as Timing: a repeat pattern (RPT, TQ or a code) and what other fields of it say.',
  examples: [
    {
      hl7: 'TQ1|1||Q6H^^^^6^h||||20261121080000|20261124080000||||||12',
      element: 'ServiceRequest.occurrence',
      rule: 'TQ1-3[1] | timing(start=TQ1-7, end=TQ1-8, count=TQ1-14)',
      value: {
        repeat: {
          period: 6,
          periodUnit: 'h',
          boundsPeriod: { start: '2026-11-21T08:00:00+08:00', end: '2026-11-24T08:00:00+08:00' },
          count: 12,
        },
        code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code: 'Q6H' }] },
      },
    },
    {
      hl7: 'TQ1|1||^^^^^^^AC|0800|30^min|5^d|||||||15^min',
      element: 'ServiceRequest.occurrence',
      rule: 'TQ1-3[1] | timing(at=TQ1-4, offset=TQ1-5, bounds=TQ1-6, duration=TQ1-13)',
      value: {
        repeat: {
          when: ['AC'],
          offset: 30,
          boundsDuration: { value: 5, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' },
          duration: 15,
          durationUnit: 'min',
        },
      },
    },
    {
      hl7: 'TQ1|1||QD|||5^d|20261121080000',
      element: 'ServiceRequest.occurrence',
      rule: 'TQ1-3[1] | timing(start=TQ1-7, bounds=TQ1-6)',
      value: {
        repeat: { boundsPeriod: { start: '2026-11-21T08:00:00+08:00', end: '2026-11-26T08:00:00+08:00' } },
        code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code: 'QD' }] },
      },
    },
    {
      hl7: 'TQ1|1||^DW^1^3|0800~1400',
      element: 'ServiceRequest.occurrence',
      rule: 'TQ1-3[1] | timing(at=TQ1-4)',
      value: { repeat: { dayOfWeek: ['mon', 'tue', 'wed'], timeOfDay: ['08:00:00', '14:00:00'] } },
    },
    {
      hl7: 'OBR|1||||||||||||||||||||||||||1^BID&0800,1400^D5^20261121080000',
      element: 'ServiceRequest.occurrence',
      rule: 'OBR-27[1] | timing',
      value: {
        repeat: {
          timeOfDay: ['08:00:00', '14:00:00'],
          boundsPeriod: { start: '2026-11-21T08:00:00+08:00', end: '2026-11-26T08:00:00+08:00' },
        },
        code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code: 'BID' }] },
      },
    },
  ],
  bind(call): Compiled {
    const unknown = call.args.find(({ name }) => !NAMES.includes(name ?? ''));
    if (unknown !== undefined) return call.fail('mapping.bad-argument', `the arguments are ${NAMES.join(', ')}`);
    const input = call.input();
    const parts = new Map(call.args.map(({ name = '', value }) => [name, call.compile(value)]));
    const one = (name: string, env: Env): Cell | undefined => cellsIn(parts.get(name), env)[0];
    return {
      types: ['Timing'],
      many: false,
      needs: anyNeed([input, ...parts.values()].map(({ needs }) => needs)),
      evaluate: (env) => {
        const made = timingOf(
          {
            pattern: cellsIn(input, env)[0],
            at: cellsIn(parts.get('at'), env),
            offset: one('offset', env),
            bounds: one('bounds', env),
            start: one('start', env),
            end: one('end', env),
            duration: one('duration', env),
            count: one('count', env),
          },
          env.run,
        );
        return made === undefined ? NONE : [new Made('Timing', made.value, made.cells)];
      },
    };
  },
};
