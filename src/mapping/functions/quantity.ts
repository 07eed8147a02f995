import { isObject } from '../../fhir/json.ts';
import type { Compiled, MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { compact } from '../convert/converting.ts';
import { parseNumber, quantityOf, readStructuredNumeric, unitOf, type Unit } from '../convert/quantities.ts';
import { canonicalType, findConversion, isConvertible, type Conversion } from '../convert/registry.ts';
import { sampledData } from '../convert/vectors.ts';
import { Cell, cellsOf, Made, textOf, type Item } from '../run/cell.ts';
import { Memory } from '../run/memory.ts';
import type { Run } from '../run/run.ts';

/** The type that OBX-2 declares; a missing or unknown one is taken from the look of the value. */
function declared(cell: Cell, name: string): string {
  const type = canonicalType(name);
  if (type !== '' && isConvertible(type)) return type;
  return parseNumber(cell.as('ST').text()) === undefined ? 'ST' : 'NM';
}

function asText(cell: Cell, allowed: readonly string[]): Made | undefined {
  const text = cell.as('ST').text();
  const type = allowed.includes('string') ? 'string' : 'text';
  return text === '' ? undefined : new Made(type, text, [cell]);
}

/** Where a value of any type goes. */
interface Place {
  readonly allowed: readonly string[];
  readonly takesQuantity: boolean;
  conversion(type: string): Conversion | undefined;
}

const CODES = new Set(['ID', 'IS']);
const CONCEPT = 'CodeableConcept';

/** Conversions by HL7 type, found once for each. */
function placeFor(allowed: readonly string[]): Place {
  const known = new Map<string, Conversion | undefined>();
  return {
    allowed,
    takesQuantity: allowed.includes('Quantity'),
    conversion: (type) => {
      const found = known.get(type);
      if (found !== undefined || known.has(type)) return found;
      // A code of a table is a concept (guide, OBX-5 of type IS), where an element would take a text as well.
      const made = findConversion(type, CODES.has(type) && allowed.includes(CONCEPT) ? [CONCEPT] : allowed);
      known.set(type, made);
      return made;
    },
  };
}

/** A value of OBX-5 as FHIR type; what does not have the form of its type is kept as text. */
function typedValue(cell: Cell, name: string, place: Place, run: Run): Item | undefined {
  const { allowed } = place;
  const type = declared(cell, name);
  const typed = cell.as(type);
  if (type === 'NM') {
    const text = typed.text();
    const number = text === '' ? undefined : parseNumber(text);
    if (number === undefined) {
      if (text !== '') run.warn('mapping.invalid-value', 'the value is not a number and was kept as text', cell);
      return asText(cell, allowed);
    }
    if (place.takesQuantity) return new Made('Quantity', quantityOf(number), [cell]);
  }
  if (type === 'SN') {
    const found = readStructuredNumeric(typed);
    if (found !== undefined && allowed.includes(found.type)) return new Made(found.type, found.value, [cell]);
    const text = [1, 2, 3, 4].map((n) => typed.part(n)).join('');
    return text === '' ? undefined : new Made('string', text, [cell]);
  }
  const conversion = place.conversion(type);
  if (conversion === undefined) return asText(cell, allowed);
  const value = conversion.convert(typed, run);
  return value === undefined ? undefined : new Made(conversion.type, value, [cell]);
}

/** All rows of NA as one series; text where they are none. */
function series(items: readonly Item[], place: Place, run: Run): readonly Item[] {
  const cells = items.filter((item): item is Cell => item instanceof Cell && !item.isNull);
  const value = sampledData(cells.map((cell) => cell.as('NA')));
  if (value !== undefined) return [new Made('SampledData', value, cells)];
  for (const cell of cells) run.warn('mapping.invalid-value', 'the value is no series and was kept as text', cell);
  return cells.flatMap((cell) => asText(cell, place.allowed) ?? []);
}

/** `by(OBX-2)`. */
export const byFunction: MappingFunction = {
  name: 'by',
  usage: 'by(PATH)',
  summary:
    'A value of the type that another field names: NM to Quantity (`>10` with its comparator), SN, CWE, TS, text.',
  examples: [
    {
      hl7: 'OBX|1|NM|X||>20.0',
      element: 'Observation.value',
      rule: 'OBX-5[1] | by(OBX-2)',
      value: { comparator: '>', value: 20 },
    },
    { hl7: 'OBX|1|TX|X||a\\T\\b', element: 'Observation.value', rule: 'OBX-5[1] | by(OBX-2)', value: 'a&b' },
    {
      hl7: 'OBX|1|SN|X||^1^:^128',
      element: 'Observation.value',
      rule: 'OBX-5[1] | by(OBX-2)',
      value: {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/originalText', valueString: '1 : 128' }],
        numerator: { value: 1 },
        denominator: { value: 128 },
      },
    },
  ],
  bind(call): Compiled {
    const argument = call.args[0];
    if (argument === undefined)
      return call.fail('mapping.bad-argument', 'the argument is the field that names the type');
    const kind = call.compile(argument.value);
    const place = placeFor(call.expected);
    const input = call.input();
    return {
      types: call.expected,
      many: input.many,
      needs: input.needs,
      evaluate: (env) => {
        const first = kind.evaluate(env)[0];
        const name = first === undefined ? '' : textOf(first).toUpperCase();
        const items = input.evaluate(env);
        if (name === 'NA' && place.allowed.includes('SampledData')) return series(items, place, env.run);
        return mapItems(
          items,
          (item, run) => (item instanceof Cell ? typedValue(item, name, place, run) : item),
          env.run,
        );
      },
    };
  },
};

/** A quantity with its unit. The elements are set one by one: spreading one object into another costs ten times as much. */
function measured(quantity: unknown, unit: Unit): Readonly<Record<string, unknown>> {
  const known = isObject(quantity) ? quantity : {};
  return quantityWith(known['comparator'], known['value'], known['unit'] === undefined ? unit : { ...known, ...unit });
}

function quantityWith(comparator: unknown, value: unknown, { unit, system, code }: Unit): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (comparator !== undefined) made['comparator'] = comparator;
  made['value'] = value;
  if (unit !== undefined) made['unit'] = unit;
  if (system !== undefined) made['system'] = system;
  if (code !== undefined) made['code'] = code;
  return made;
}

function withUnit(item: Made, unit: Unit, cell: Cell): Made {
  const value = isObject(item.value) ? item.value : {};
  const { cells } = item;
  const only = cells[0];
  const both = cells.length === 1 && only !== undefined ? [only, cell] : [...cells, cell];
  switch (item.type) {
    case 'Quantity':
    case 'SimpleQuantity':
    case 'Duration':
      return new Made(item.type, measured(value, unit), both);
    case 'Range':
      return new Made(item.type, measuredParts(value, ['low', 'high'], unit), both);
    case 'SampledData':
      return new Made(item.type, { ...value, ...measuredParts(value, ['origin'], unit) }, both);
    case 'Ratio':
      return new Made(item.type, measuredParts(value, ['numerator', 'denominator'], unit), both);
    default:
      return item;
  }
}

/** An object with this unit for each of these quantities. */
function measuredParts(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  unit: Unit,
): Readonly<Record<string, unknown>> | undefined {
  const made = names.map((name) => [name, value[name] && measured(value[name], unit)] as const);
  return compact({ extension: value['extension'], ...Object.fromEntries(made) });
}

/** `unit(OBX-6)`. */
export const unitFunction: MappingFunction = {
  name: 'unit',
  usage: 'unit(PATH)',
  summary: 'Gives a quantity its unit; other values stay as they are.',
  examples: [
    {
      hl7: 'OBX|1|NM|X||4.1|mmol/L^mmol/L^UCUM',
      element: 'Observation.value',
      rule: 'OBX-5[1] | by(OBX-2) | unit(OBX-6)',
      value: { value: 4.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    },
    {
      hl7: 'OBX|1|ST|X||neg|mmol/L',
      element: 'Observation.value',
      rule: 'OBX-5[1] | by(OBX-2) | unit(OBX-6)',
      value: 'neg',
    },
  ],
  bind(call): Compiled {
    const argument = call.args[0];
    if (argument === undefined) return call.fail('mapping.bad-argument', 'the argument is the field of the unit');
    const unit = call.compile(argument.value);
    const input = call.converted(call.expected);
    return {
      ...input,
      evaluate: (env) => {
        const cell = unit.evaluate(env)[0];
        const items = input.evaluate(env);
        if (!(cell instanceof Cell) || cell.isNull) return items;
        const shown = unitOf(cell, env.run);
        return mapItems(items, (item) => (item instanceof Made ? withUnit(item, shown, cell) : item), env.run);
      },
    };
  },
};

const SPAN = /^\[?\s*([<>＜＞]=?|[≤≥])?\s*([+-]?[\d.]+)\s*(?:(?:-|－|~|～|–|—|至|\.\.)\s*([+-]?[\d.]+))?\s*\]?$/u;

/** The limits that the text of a reference range says, without their unit. */
interface Limits {
  readonly low?: unknown;
  readonly high?: unknown;
}

/** Longer texts are sentences. */
const LONGEST_REMEMBERED = 24;
const ranges = new Memory<Limits>();

function limitsOf(text: string): Limits {
  return text.length > LONGEST_REMEMBERED ? readLimits(text) : ranges.get(text, () => readLimits(text));
}

function readLimits(text: string): Limits {
  const [, mark, first = '', second] = SPAN.exec(text.trim()) ?? [];
  const low = parseNumber(first);
  if (low === undefined) return {};
  if (mark !== undefined) return /[<≤＜]/u.test(mark) ? { high: low.value } : { low: low.value };
  const high = second === undefined ? undefined : upperLimit(Number(low.value), second);
  return high === undefined ? {} : { low: low.value, high };
}

/** The second number, unless it is the smaller one; `4.0--6.0` has two dashes between its limits, `-10--5` has one. */
function upperLimit(low: number, second: string): unknown {
  const numbers = [second, second.replace(/^-/u, '')].map((text) => parseNumber(text)?.value);
  return numbers.find((value) => value !== undefined && Number(value) >= low);
}

function parseRange(text: string, unit: Unit): Readonly<Record<string, unknown>> {
  const { low, high } = limitsOf(text);
  const range: Record<string, unknown> = {};
  if (low !== undefined) range['low'] = quantityWith(undefined, low, unit);
  if (high !== undefined) range['high'] = quantityWith(undefined, high, unit);
  range['text'] = text;
  return range;
}

/** `range[(OBX-6)]`. */
export const rangeFunction: MappingFunction = {
  name: 'range',
  usage: 'range[(PATH)]',
  summary: 'A reference range out of its text: `3.5-5.5`, `<10`; anything else stays text. PATH is the unit.',
  examples: [
    {
      hl7: 'OBX|1|NM|X||4.1|mmol/L|3.5-5.3',
      element: 'Observation.referenceRange',
      rule: 'OBX-7 | range(OBX-6)',
      value: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.3, unit: 'mmol/L' }, text: '3.5-5.3' }],
    },
    {
      hl7: 'OBX|1|ST|X||neg||阴性',
      element: 'Observation.referenceRange',
      rule: 'OBX-7 | range',
      value: [{ text: '阴性' }],
    },
  ],
  bind(call): Compiled {
    const argument = call.args[0];
    const unit = argument === undefined ? undefined : call.compile(argument.value);
    const input = call.input();
    return {
      types: ['BackboneElement'],
      many: input.many,
      needs: input.needs,
      evaluate: (env) => {
        const [cell] = unit?.evaluate(env) ?? [];
        const shown = cell instanceof Cell && !cell.isNull ? unitOf(cell, env.run) : {};
        return mapItems(
          input.evaluate(env),
          (item) => {
            const text = item instanceof Cell ? item.text() : '';
            return text === '' ? undefined : new Made('BackboneElement', parseRange(text, shown), cellsOf(item));
          },
          env.run,
        );
      },
    };
  },
};
