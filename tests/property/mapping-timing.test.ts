import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isObject } from '../../src/fhir/json.ts';
import { toResources } from '../../src/mapping/to-resources.ts';
import { loaded, mapped, message } from '../unit/mapping/mapping-files.ts';

const set = loaded();

const unit = fc.constantFrom('', 'min', 'MIN', 'h', '天', 'd&day&ISO', 'mo', 'furlong');
const number = fc.constantFrom('', '0', '1', '15', '2.5', '-3', '>4', 'many', '99999999999');
const amount = fc.tuple(number, unit).map((parts) => parts.join('^'));
const time = fc.constantFrom('', '20261121', '20261121080000', '2026', '20261399', '20261120090000+0800');
const pattern = fc
  .tuple(
    fc.constantFrom('', 'BID', 'Q6H', 'PRN', '每日三次', 'P&Post&HL70335'),
    fc.constantFrom('', 'DW', 'MY'),
    fc.constantFrom('', '1', '7', '9'),
    fc.constantFrom('', '3', 'x'),
    number,
    unit,
    fc.constant(''),
    fc.constantFrom('', 'AC', 'CM', 'PCM', 'IC'),
    number,
    unit,
  )
  .map((parts) => parts.join('^'));
const clock = fc.constantFrom('', '0800', '0800~1400', '25', '08:30');
const timing = fc.tuple(fc.constant('1'), amount, pattern, clock, amount, amount, time, time);
const rest = fc.tuple(fc.constant(''), fc.constant(''), fc.constant(''), fc.constant(''), amount, number);

/** Which invariants of Timing (R4 datatypes.html#Timing) a `repeat` breaks. */
function broken(repeat: Readonly<Record<string, unknown>>): readonly string[] {
  const has = (name: string): boolean => repeat[name] !== undefined;
  const bounds = isObject(repeat['boundsPeriod']) ? repeat['boundsPeriod'] : {};
  const [start, end] = [bounds['start'], bounds['end']].map((value) => (typeof value === 'string' ? value : ''));
  const rules: readonly (readonly [string, boolean])[] = [
    ['tim-1', has('duration') !== has('durationUnit')],
    ['tim-2', has('period') !== has('periodUnit')],
    ['tim-9', has('offset') && !has('when')],
    ['tim-10', has('timeOfDay') && has('when')],
    ['one of bounds', has('boundsPeriod') && has('boundsDuration')],
    ['per-1', start?.length === end?.length && Date.parse(end ?? '') < Date.parse(start ?? '')],
  ];
  return rules.flatMap(([name, is]) => (is ? [name] : []));
}

test('whatever TQ1 says, the timing of the order is a Timing', () => {
  fc.assert(
    fc.property(timing, rest, (first, last) => {
      const result = mapped(
        set,
        message(
          'MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ORM^O01|M990001|P|2.5',
          'PID|1||P990001^^^H^MR||张伟',
          'ORC|NW|A990001',
          `TQ1|${[...first, ...last].join('|')}`,
          'OBR|1|A990001||GLU',
        ),
      );
      const order = toResources(result).find(({ resourceType }) => resourceType === 'ServiceRequest');
      const occurrence = order?.['occurrenceTiming'];
      const repeat = isObject(occurrence) ? occurrence['repeat'] : undefined;
      expect(isObject(repeat) ? broken(repeat) : []).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
