import { decimalText, isObject } from '../../src/fhir/json.ts';
import type { Message, Segment } from '../../src/hl7/message.ts';
import type { MappingResult } from '../../src/mapping/result.ts';
import { formalParts } from '../../src/mapping/run/formal-parts.ts';
import { toResources } from '../../src/mapping/to-resources.ts';
import { STANDARD_SEGMENTS } from '../../src/mapping/types/hl7-model.ts';

/** One value of a message and where it stands. */
interface Value {
  /** `OBX[2]-5`. */
  readonly field: string;
  readonly repetition: number;
  readonly component: number;
  readonly text: string;
  /** It only describes another value (the name and system of a code that was taken). */
  readonly formal: boolean;
}

/** How many values of a message are in its resources, and which are in no account at all. */
export interface Survival {
  readonly values: number;
  readonly inFhir: number;
  /** Addresses of the others. */
  readonly elsewhere: readonly string[];
  /** Addresses of values that are neither in a resource nor on the unmapped list, nor read by a rule. */
  readonly unaccounted: readonly string[];
}

/** Shorter values are codes, which tables translate. */
const SHORTEST = 4;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

function valuesOfField(segment: Segment, name: string, number: number, separators: Message['separators']): Value[] {
  const field = `${name}-${number}`;
  const type = STANDARD_SEGMENTS.get(segment.name)?.[number - 1]?.type ?? 'ST';
  const formal = formalParts(type);
  return segment.repetitions(number).flatMap((repetition, at) =>
    repetition.split(separators.component).flatMap((component, index) =>
      component.split(separators.subcomponent).map((raw) => ({
        field,
        repetition: at + 1,
        component: index + 1,
        text: segment.unescape(raw).trim(),
        formal: (formal & (1 << (index + 1))) !== 0,
      })),
    ),
  );
}

function valuesOf({ segments, separators }: Message): readonly Value[] {
  const counts = new Map<string, number>();
  return segments.flatMap((segment) => {
    const count = (counts.get(segment.name) ?? 0) + 1;
    counts.set(segment.name, count);
    const name = count === 1 ? segment.name : `${segment.name}[${count}]`;
    const first = segment.name === 'MSH' ? 3 : 1;
    const numbers = Array.from({ length: Math.max(0, segment.fieldCount - first + 1) }, (_, index) => index + first);
    return numbers.flatMap((number) => valuesOfField(segment, name, number, separators));
  });
}

function leaves(value: unknown): readonly string[] {
  const decimal = decimalText(value);
  if (decimal !== undefined) return [decimal];
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (isObject(value)) return Object.values(value).flatMap(leaves);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/** A text that is somewhere in the resources; a time by its day, whatever its offset has become. */
function isIn(texts: ReadonlySet<string>, whole: string, key: string): boolean {
  if (texts.has(key) || (key.length > SHORTEST && whole.includes(key))) return true;
  return /^\d{8,18}$/u.test(key) && whole.includes(`\u0001${key.slice(0, 8)}`);
}

/** True where an address speaks of this value: of the field, of this repetition, of this component. */
function speaksOf(address: string, { field, repetition, component }: Value): boolean {
  if (!address.startsWith(field)) return false;
  const parts = /^(?:\[(\d+)\])?(?:\.(\d+))?$/u.exec(address.slice(field.length));
  if (parts === null) return false;
  const [, number = repetition, part = component] = parts;
  return Number(number) === repetition && Number(part) === component;
}

/** `OBX[2]-5` without the number of the segment. */
const bare = (field: string): string => field.replace(/\[\d+\]/u, '');

const addressOf = ({ field, component }: Value): string => `${field}.${component}`;

/**
 * What became of the values of a message.
 * @param result with its trace
 * @param structural fields that are no data (`MSH-10`)
 */
export function survivalOf(message: Message, result: MappingResult, structural: ReadonlySet<string>): Survival {
  // What a message says of numbers (a merge) is not in its resources.
  const texts = new Set([...toResources(result), ...result.directives].flatMap(leaves).map(plain));
  const whole = `\u0001${[...texts].join('\u0001')}\u0001`;
  const values = valuesOf(message).filter(({ text }) => plain(text).length >= SHORTEST);
  const distinct = new Map(values.map((value) => [plain(value.text), value]));
  const elsewhere = [...distinct].flatMap(([key, value]) => (isIn(texts, whole, key) ? [] : [value]));
  const known = [
    ...result.unmapped.map(({ address }) => address),
    ...(result.trace ?? []).flatMap(({ addresses }) => addresses),
  ];
  const isKnown = (value: Value): boolean =>
    isIn(texts, whole, plain(value.text)) || known.some((address) => speaksOf(address, value));
  const unaccounted = values.filter((value) => {
    if (structural.has(bare(value.field)) || isKnown(value)) return false;
    const { field, repetition, text } = value;
    // What a further segment repeats is said once.
    if (values.some((one) => one.text === text && bare(one.field) === bare(field) && isKnown(one))) return false;
    // The name of a code goes with its code.
    return !value.formal || !values.some((one) => one.field === field && one.repetition === repetition && isKnown(one));
  });
  return {
    values: distinct.size,
    inFhir: distinct.size - elsewhere.length,
    elsewhere: elsewhere.map(addressOf),
    unaccounted: unaccounted.map(addressOf),
  };
}
