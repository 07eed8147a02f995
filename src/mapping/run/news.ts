import { isObject } from '../../fhir/json.ts';
import type { ElementNews } from '../../fhir/patch.ts';
import type { ElementRules } from '../compile/resource.ts';
import { mayYield } from '../compile/expression.ts';
import { Output, type Rule } from '../compile/target.ts';
import { identifierParts } from '../convert/identifiers.ts';
import { propertyName } from '../types/fhir-model.ts';
import { Made, NO_CELLS } from './cell.ts';
import type { Env } from './run.ts';

/** News of one resource by the names its elements have there. */
export type NewsByName = Record<string, ElementNews>;

/** An element that a message speaks of: its name in the resource and its values. */
export interface Told {
  readonly name: string;
  readonly values: readonly Made[];
}

function asLines(values: readonly Made[]): Made | undefined {
  const first = values[0];
  if (first === undefined || values.length === 1) return first;
  if (!values.every(({ value }) => typeof value === 'string')) return first;
  return new Made(first.type, values.map(({ value }) => value).join('\n'), NO_CELLS);
}

/** What the rules yield at one place: of a single element the first that yields anything. */
function gather({ rules }: ElementRules, env: Env, out: Output, all: boolean): void {
  for (const rule of rules) {
    if (mayYield(rule.needs, env)) rule.produce(env, out);
    if (!all && out.values.length > 0) return;
  }
}

/** Where the rules of an element look: where the resource stands, and its continuations. */
interface Looking {
  readonly env: Env;
  readonly also: readonly Env[];
}

function whole(rules: ElementRules, { env, also }: Looking, news: NewsByName): Told | undefined {
  const { element } = rules;
  const out = new Output();
  gather(rules, env, out, element.list || also.length > 0);
  for (const place of also) gather(rules, place, out, true);
  const first = element.list ? out.values[0] : asLines(out.values);
  if (first !== undefined) {
    const name = propertyName(element, first.type);
    const value = element.list ? valuesOf(out.values) : first.value;
    const { keep } = first;
    news[name] = keep === undefined ? { kind: 'value', value } : { kind: 'value', value, keep };
    return { name, values: out.values };
  }
  if (!out.nulled) return undefined;
  const name = propertyName(element, element.types[0] ?? '');
  if (element.required) {
    env.run.warn('mapping.required-null', `${env.instance?.type ?? ''}.${name} is required: it cannot be deleted`);
    return undefined;
  }
  news[name] = { kind: 'delete' };
  return { name, values: [] };
}

function valuesOf(made: readonly Made[]): readonly unknown[] {
  const first = made[0];
  return made.length === 1 && first !== undefined ? [first.value] : made.map(({ value }) => value);
}

/** `PID-3|namespace|kind`: each number of a patient is news of its own. */
function unitOf(unit: string, value: Made, env: Env): string {
  const cell = value.cells[0];
  const parts = unit === 'PID-3' && cell?.type === 'CX' ? identifierParts(cell, env.run) : undefined;
  return parts === undefined ? unit : `${unit}|${parts.namespace}|${parts.kind}`;
}

/** The same number whichever field carries it and whatever it says beside; anything else only where all of it is equal. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return false;
  if (typeof one['value'] === 'string') return one['value'] === other['value'] && one['system'] === other['system'];
  return one['value'] === undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Values that neither an earlier field nor an earlier repetition gave. */
function newOnes(values: readonly Made[], earlier: readonly Made[]): readonly Made[] {
  if (earlier.length === 0 && values.length < 2) return values;
  const own: Made[] = [];
  for (const made of values) {
    const isKnown = ({ value }: Made): boolean => isSame(value, made.value);
    if (!earlier.some(isKnown) && !own.some(isKnown)) own.push(made);
  }
  return own;
}

const saysAnything = (out: Output): boolean => out.nulled || out.values.length > 0;

function produced(rule: Rule, env: Env, also: readonly Env[]): Output {
  const out = new Output();
  if (mayYield(rule.needs, env)) rule.produce(env, out);
  for (const place of also) rule.produce(place, out);
  return out;
}

type Units = Record<string, unknown[]>;

function addToUnits(units: Units, rule: Rule, values: readonly Made[], env: Env): void {
  for (const value of values) {
    const unit = unitOf(rule.unit, value, env);
    const known = units[unit];
    if (known === undefined) units[unit] = [value.value];
    else known.push(value.value);
  }
  if (values.length === 0) units[rule.unit] ??= [];
}

/** What the message does not name of a list that it says whole is gone. */
function emptyOthers(units: Units, rules: readonly Rule[]): void {
  for (const { unit } of rules) units[unit] ??= [];
}

function byUnit(rules: ElementRules, { env, also }: Looking, news: NewsByName): Told | undefined {
  const { name } = rules.element;
  const values: Made[] = [];
  let units: Units | undefined;
  for (const rule of rules.rules) {
    if (also.length === 0 && !mayYield(rule.needs, env)) continue;
    const out = produced(rule, env, also);
    if (!saysAnything(out)) continue;
    const own = rules.distinct ? newOnes(out.values, values) : out.values;
    addToUnits((units ??= {}), rule, own, env);
    for (const value of own) values.push(value);
  }
  if (units === undefined) return undefined;
  if (rules.whole?.(env) === true) emptyOthers(units, rules.rules);
  news[name] = { kind: 'entries', units };
  return { name, values };
}

const NOWHERE: readonly Env[] = [];

/**
 * Adds what the message says about one element of one resource, seen from where it stands; undefined where it says
 * nothing.
 */
export function tellNews(rules: ElementRules, env: Env, news: NewsByName): Told | undefined {
  const { instance } = env;
  const { joined } = rules;
  if (!joined && !mayYield(rules.needs, env)) return undefined;
  const continued = joined && instance !== undefined && instance.also.length > 0;
  const also = continued ? instance.also.map((place) => place.making(instance)) : NOWHERE;
  return rules.entries ? byUnit(rules, { env, also }, news) : whole(rules, { env, also }, news);
}
