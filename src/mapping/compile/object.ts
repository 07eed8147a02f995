import { RULES } from '../../fhir/validate/rules.ts';
import { Made, NO_CELLS } from '../run/cell.ts';
import { anyNeed } from '../run/presence.ts';
import type { Env } from '../run/run.ts';
import { propertyName, type Element } from '../types/fhir-model.ts';
import { mayYield } from './expression.ts';
import { Output, type Rule } from './target.ts';

/** A child of an object with the rule that fills it. */
export interface Part {
  readonly element: Element;
  readonly rule: Rule;
}

/** The parts with a rule of `_name`, which may say why there is no value, are not required of the object. */
function withExcuses(parts: readonly Part[]): readonly Part[] {
  const excused = new Set(parts.flatMap(({ element: { name } }) => (name.startsWith('_') ? [name.slice(1)] : [])));
  if (excused.size === 0) return parts;
  return parts.map(({ element, rule }) =>
    excused.has(element.name) ? { element: { ...element, required: false }, rule } : { element, rule },
  );
}

type Values = Readonly<Record<string, unknown>>;

const NO_VALUES: readonly Made[] = [];

function valuesOf(rule: Rule, env: Env): readonly Made[] {
  if (!mayYield(rule.needs, env)) return NO_VALUES;
  const out = new Output();
  rule.produce(env, out);
  return out.values;
}

/** Positions of the parts that read the message, those first without which the object would be invalid. */
function readingOrder(parts: readonly Part[]): readonly number[] {
  const reading = [...parts.keys()].filter((index) => parts[index]?.rule.constant === false);
  const isRequired = (index: number): boolean => parts[index]?.element.required === true;
  return [...reading.filter(isRequired), ...reading.filter((index) => !isRequired(index))];
}

/**
 * The parts that read the message come first: without them the constant ones are not even looked at, and where a
 * required one yields nothing, neither are the others, so that what they would have read is reported.
 */
function buildObject(parts: readonly Part[], order: readonly number[], env: Env): Values | undefined {
  const read: (readonly Made[] | undefined)[] = [];
  let some = order.length === 0;
  for (const index of order) {
    const part = parts[index];
    const values = part === undefined ? NO_VALUES : valuesOf(part.rule, env);
    if (values.length > 0) some = true;
    else if (part?.element.required === true) return undefined;
    read[index] = values;
  }
  if (!some) return undefined;
  return objectOf(parts, read, env);
}

/** The object of what was read, in the order of its rules. */
function objectOf(parts: readonly Part[], read: readonly (readonly Made[] | undefined)[], env: Env): Values {
  const object: Record<string, unknown> = {};
  let index = 0;
  for (const { element, rule } of parts) {
    const values = read[index] ?? (rule.constant ? valuesOf(rule, env) : NO_VALUES);
    index += 1;
    const first = values[0];
    if (first === undefined) continue;
    object[propertyName(element, first.type)] = element.list ? values.map(({ value }) => value) : first.value;
  }
  return object;
}

/** Builds the object that such parts make; undefined where none that reads the message yields. */
export function objectBuilder(all: readonly Part[]): (env: Env) => Values | undefined {
  const parts = withExcuses(all);
  const order = readingOrder(parts);
  return (env) => buildObject(parts, order, env);
}

/** The invariant that an object breaks, if R4 has any for its type. */
function brokenRule(owner: string, value: Values): string | undefined {
  const rule = RULES[owner];
  if (rule === undefined) return undefined;
  const findings: Parameters<typeof rule>[2] = { issues: [], inner: [] };
  rule(value, { parent: undefined, name: owner, index: -1 }, findings);
  return findings.issues[0]?.problem.message;
}

/**
 * The rule of an object with these children: left out unless one of the rules that read the message yields, and where
 * what they yield together breaks an invariant of R4.
 */
export function objectOfParts(parts: readonly Part[], owner: string, path: string): Rule {
  const reading = parts.filter(({ rule }) => !rule.constant);
  const constant = reading.length === 0;
  const type = owner.includes('.') ? 'BackboneElement' : owner;
  const isRuled = RULES[owner] !== undefined;
  const build = objectBuilder(parts);
  let known: Values | undefined;
  return {
    unit: reading[0]?.rule.unit ?? 'constant',
    constant,
    needs: constant ? undefined : anyNeed(reading.map(({ rule }) => rule.needs)),
    label: path,
    produce: (env, out) => {
      const value = known ?? build(env);
      if (constant) known = value;
      if (value === undefined) return;
      const broken = isRuled ? brokenRule(owner, value) : undefined;
      if (broken === undefined) out.add(new Made(type, value, NO_CELLS));
      else env.run.warn('mapping.rule-broken', `${path} was left out: ${broken}`);
    },
  };
}
