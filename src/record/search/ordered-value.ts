import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { intervalOf } from '../../fhir/dates.ts';
import { isObject } from '../../fhir/json.ts';
import type { SearchParameter } from '../../fhir/search-parameters.ts';
import { intervalsOf, numbersOf } from '../../fhir/search-values.ts';
import { intervalMeets, presenceTerm, rangeTerms, readPrefix, type Asked, type Prefix } from './comparison.ts';
import type { CompiledValue, CompileValue, FilterContext } from './filter.ts';
import { splitEscaped, unescapeValue } from './request.ts';

/** `[prefix]date` (R4 search.html#date). */
export const compileDate: CompileValue = (parameter, value, _modifier, context) => {
  const asked = readDate(value, context);
  if (asked === undefined) return invalid(parameter, 'A date, optionally with a prefix such as ge, is expected.');
  const [prefix, interval] = asked;
  return ok({
    ...indexed(parameter, prefix, interval),
    test: (type, found) => intervalsOf(type, found, context.zone).some((one) => intervalMeets(one, prefix, interval)),
    exact: true,
  });
};

/** Reads `[prefix]date`; undefined where it is none. `ap` allows a tenth of the distance from now (R4 search.html#prefix). */
export function readDate(value: string, { zone, now }: FilterContext): readonly [Prefix, Asked] | undefined {
  const [prefix, text] = readPrefix(unescapeValue(value));
  const interval = intervalOf(text.replace(' ', '+'), zone);
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  const gap = Math.abs(now.getTime() - (low + high) / 2) / 10;
  return [prefix, { low, high, around: [low - gap, high + gap] }];
}

/** `[prefix]number` (R4 search.html#number). */
export const compileNumber: CompileValue = (parameter, value) => {
  const asked = readNumber(unescapeValue(value));
  return asked === undefined ? invalid(parameter, 'A number is expected.') : ok(numeric(parameter, asked, () => true));
};

/** `[prefix]number|[system]|[code]` (R4 search.html#quantity). */
export const compileQuantity: CompileValue = (parameter, value) => {
  const [number = '', second, third] = splitEscaped(value, '|').map(unescapeValue);
  const asked = readNumber(number);
  if (asked === undefined) return invalid(parameter, 'A number, or number|system|code, is expected.');
  // `5.4||mg` asks for the unit as code or as text.
  const system = third === undefined ? '' : (second ?? '');
  const unit = third ?? second ?? '';
  if (unit === '') return ok(numeric(parameter, asked, () => true));
  const hasUnit = (found: unknown): boolean =>
    isObject(found) &&
    (found['code'] === unit || found['unit'] === unit) &&
    (system === '' || found['system'] === system);
  return ok({ ...numeric(parameter, asked, hasUnit), exact: false });
};

type Numeric = readonly [prefix: Prefix, asked: Asked, value: number];

/** Half of the last digit is the precision: 5.40 is [5.395, 5.405), 5.4 is [5.35, 5.45). */
function readNumber(text: string): Numeric | undefined {
  const [prefix, digits] = readPrefix(text);
  const match = /^[+-]?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits);
  if (match === null) return undefined;
  const value = Number(digits);
  const half = 10 ** (Number(match[2] ?? 0) - (match[1]?.length ?? 0)) / 2;
  const tenth = Math.max(Math.abs(value) / 10, half);
  return [prefix, { low: value - half, high: value + half, around: [value - tenth, value + tenth] }, value];
}

function numeric(
  parameter: SearchParameter,
  [prefix, asked, value]: Numeric,
  also: (found: unknown) => boolean,
): CompiledValue {
  // Only equality looks at precision; the others compare with the value itself.
  const interval =
    prefix === 'eq' || prefix === 'ne' || prefix === 'ap' ? asked : { ...asked, low: value, high: value };
  return {
    ...indexed(parameter, prefix, interval),
    test: (_type, found) => also(found) && numbersOf(found).some((one) => intervalMeets(one, prefix, interval)),
    exact: true,
  };
}

function indexed(
  { code, indexedAs }: SearchParameter,
  prefix: Prefix,
  asked: Asked,
): Pick<CompiledValue, 'ranges' | 'present'> {
  const fields = indexedAs.length === 0 ? [code] : indexedAs.map((as) => as.code);
  const ranges = fields.flatMap((field) => rangeTerms(field, prefix, asked));
  return prefix === 'ne' ? { ranges, present: fields.map(presenceTerm) } : { ranges };
}

function invalid({ code }: SearchParameter, message: string): Result<never, Problem> {
  return err(problem('fhir.search-value-invalid', message, { path: code }));
}
