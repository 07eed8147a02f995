import { codedToCoding, codedToConcept, type Coded } from '../convert/coded.ts';
import { Several, type Converting } from '../convert/converting.ts';
import { findConversion } from '../convert/registry.ts';
import { Cell, Made, type Item } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { typeName } from '../types/fhir-model.ts';
import type { Compiled } from './compiled.ts';
import { mapItems } from './map-items.ts';

type Transform = (value: unknown, to: Converting) => unknown;

const same: Transform = (value) => value;
const isCoded = (value: unknown): value is Coded => typeof value === 'object' && value !== null && 'code' in value;
const code = (value: unknown): string | undefined => (isCoded(value) && value.code !== '' ? value.code : undefined);
const truth: Transform = (value) => code(value) === 'true';
const whole = (value: unknown): number | undefined =>
  typeof value === 'string' && /^-?\d+$/u.test(value) ? Number(value) : undefined;
const TEXT: Readonly<Record<string, Transform>> = {
  code: same,
  string: same,
  markdown: same,
  uri: same,
  url: same,
  canonical: same,
  id: same,
  CodeableConcept: (text) => ({ text }),
  Annotation: (text) => ({ text }),
  Attachment: (text) => ({ contentType: 'text/plain', data: Buffer.from(String(text), 'utf8').toString('base64') }),
  Reference: (display) => ({ display }),
};

/** Made types that are no FHIR types, and what they become. */
const INTERNAL: Readonly<Record<string, Readonly<Record<string, Transform>>>> = {
  text: TEXT,
  dateTime: { Period: (start) => ({ start }) },
  instant: { dateTime: same },
  literal: {
    ...TEXT,
    boolean: (value) => value === 'true',
    integer: whole,
    positiveInt: whole,
    unsignedInt: whole,
    dateTime: same,
    date: same,
    decimal: whole,
  },
  coded: {
    code,
    CodeableConcept: (value, to) => (isCoded(value) ? codedToConcept(value, to) : undefined),
    Coding: (value, to) => (isCoded(value) ? codedToCoding(value, to) : undefined),
    string: (value) => (isCoded(value) ? (value.display ?? value.code) : undefined),
    uri: code,
    boolean: truth,
    integer: (value) => whole(code(value)),
  },
};

interface Target {
  readonly type: string;
  readonly transform: Transform;
}

function madeTarget(type: string, allowed: readonly string[]): Target | undefined {
  if (allowed.includes(type)) return { type: typeName(type), transform: same };
  // What a converter made of a cell was checked against the targets there; what a rule names is checked here.
  if (type === 'Reference' && allowed.some((one) => typeName(one) === 'Reference')) return { type, transform: same };
  if (type.startsWith('Reference(') && allowed.includes('Reference')) return { type: 'Reference', transform: same };
  for (const [to, transform] of Object.entries(INTERNAL[type] ?? {})) {
    if (allowed.some((one) => typeName(one) === to)) return { type: to, transform };
  }
  return undefined;
}

/** True where a made type can go into one of these FHIR types. */
const canBecome = (type: string, allowed: readonly string[]): boolean => madeTarget(type, allowed) !== undefined;

type Targets = (type: string) => Target | undefined;

/** Targets of made types; a rule mostly makes one type again and again. */
function targetsOf(allowed: readonly string[]): Targets {
  let last: { readonly type: string; readonly target: Target | undefined } | undefined;
  return (type) => {
    if (last?.type !== type) last = { type, target: madeTarget(type, allowed) };
    return last.target;
  };
}

function convertMade(item: Made, targets: Targets, to: Converting): Made | undefined {
  const target = targets(item.type);
  if (target === undefined) return undefined;
  if (target.transform === same && target.type === item.type) return item;
  const value = target.transform(item.value, to);
  return value === undefined ? undefined : new Made(target.type, value, item.cells);
}

/** Converts the values of an expression into one of these FHIR types; undefined where there is no way. */
export function convertTo(compiled: Compiled, allowed: readonly string[]): Compiled | undefined {
  if (compiled.hl7 !== undefined) return convertCells(compiled, compiled.hl7, allowed);
  const types = compiled.types.filter((type) => canBecome(type, allowed));
  if (types.length === 0 && compiled.types.length > 0) return undefined;
  const targets = targetsOf(allowed);
  const convertItem = (item: Item, to: Converting): Made | undefined =>
    item instanceof Made ? convertMade(item, targets, to) : undefined;
  const convert = (env: Env): readonly Item[] => mapItems(compiled.evaluate(env), convertItem, env.run);
  const evaluate = compiled.constant === true ? once(convert) : convert;
  return { ...compiled, evaluate, types: types.map((type) => madeTarget(type, allowed)?.type ?? type) };
}

/** What does not depend on the message is made for the first one only. */
function once(convert: (env: Env) => readonly Item[]): (env: Env) => readonly Item[] {
  let items: readonly Item[] | undefined;
  return (env) => (items ??= convert(env));
}

function convertCells(compiled: Compiled, hl7: string, allowed: readonly string[]): Compiled | undefined {
  const conversion = findConversion(hl7, allowed);
  if (conversion === undefined) return undefined;
  const { type, convert } = conversion;
  const targets = targetsOf(allowed);
  const convertItem = (item: Item, to: Converting): Item | undefined => {
    if (!(item instanceof Cell)) return convertMade(item, targets, to);
    const value = convert(item, to);
    if (value === undefined) return undefined;
    return new Made(type, value, [item]);
  };
  const evaluate = (env: Env): readonly Item[] => apart(mapItems(compiled.evaluate(env), convertItem, env.run));
  return { types: [type], many: compiled.many, needs: compiled.needs, evaluate };
}

/** Values of one cell each for itself. */
function apart(items: readonly Item[]): readonly Item[] {
  let several = false;
  for (const item of items) several ||= item instanceof Made && item.value instanceof Several;
  if (!several) return items;
  return items.flatMap((item) =>
    item instanceof Made && item.value instanceof Several
      ? item.value.values.map((value) => new Made(item.type, value, item.cells))
      : [item],
  );
}
