import { isObject } from '../../fhir/json.ts';
import type { ElementNews } from '../../fhir/patch.ts';
import type { ElementRules } from '../compile/resource.ts';
import { mayYield } from '../compile/expression.ts';
import { Output, type Rule, type Value } from '../compile/target.ts';
import { identifierParts } from '../convert/identifiers.ts';
import { propertyName } from '../types/fhir-model.ts';
import type { Cell } from './cell.ts';
import type { Env } from './run.ts';

/** News about one element under the name it has in the resource, and the values it holds. */
export interface NamedNews {
  readonly name: string;
  readonly news: ElementNews;
  readonly values: readonly Value[];
}

function asLines(values: readonly Value[]): Value | undefined {
  const [first] = values;
  if (first === undefined || values.length === 1) return first;
  if (!values.every(({ value }) => typeof value === 'string')) return first;
  return { type: first.type, value: values.map(({ value }) => value).join('\n') };
}

/** What the rules yield at one place: of a single element the first that yields anything. */
function gather({ rules }: ElementRules, env: Env, out: Output, all: boolean): void {
  for (const rule of rules) {
    if (mayYield(rule.needs, env)) rule.produce(env, out);
    if (!all && out.values.length > 0) return;
  }
}

function whole(rules: ElementRules, env: Env, also: readonly Env[]): NamedNews | undefined {
  const { element } = rules;
  const out = new Output();
  gather(rules, env, out, element.list || also.length > 0);
  for (const place of also) gather(rules, place, out, true);
  const first = element.list ? out.values[0] : asLines(out.values);
  if (first !== undefined) {
    const value = element.list ? out.values.map((one) => one.value) : first.value;
    const { keep } = first;
    const news: ElementNews = keep === undefined ? { kind: 'value', value } : { kind: 'value', value, keep };
    return { name: propertyName(element, first.type), news, values: out.values };
  }
  if (!out.nulled) return undefined;
  return { name: propertyName(element, element.types[0] ?? ''), news: { kind: 'delete' }, values: [] };
}

/** `PID-3|namespace|kind`: each number of a patient is news of its own. */
function unitOf(unit: string, value: Value, env: Env): string {
  const cell: Cell | undefined = value.item?.cells[0];
  const parts = unit === 'PID-3' && cell?.type === 'CX' ? identifierParts(cell, env.run) : undefined;
  return parts === undefined ? unit : `${unit}|${parts.namespace}|${parts.kind}`;
}

/** What names a number whichever field carries it. */
function numberOf({ value }: Value): string | undefined {
  return isObject(value) && typeof value['value'] === 'string'
    ? `${String(value['system'])}|${value['value']}`
    : undefined;
}

/** Values that no earlier field gave; notes them. */
function newOnes(values: readonly Value[], earlier: Set<string>): readonly Value[] {
  const fresh = values.filter((value) => !earlier.has(numberOf(value) ?? ''));
  for (const value of fresh) earlier.add(numberOf(value) ?? ' ');
  return fresh;
}

const saysAnything = (out: Output): boolean => out.nulled || out.values.length > 0;

function produced(rule: Rule, env: Env, also: readonly Env[]): Output {
  const out = new Output();
  if (mayYield(rule.needs, env)) rule.produce(env, out);
  for (const place of also) rule.produce(place, out);
  return out;
}

function byUnit(rules: ElementRules, env: Env, also: readonly Env[]): NamedNews | undefined {
  const units: Record<string, unknown[]> = {};
  const values: Value[] = [];
  const earlier = rules.distinct ? new Set<string>() : undefined;
  for (const rule of rules.rules) {
    const out = produced(rule, env, also);
    const own = earlier === undefined ? out.values : newOnes(out.values, earlier);
    values.push(...own);
    for (const value of own) (units[unitOf(rule.unit, value, env)] ??= []).push(value.value);
    if (own.length === 0 && saysAnything(out)) units[rule.unit] ??= [];
  }
  if (Object.keys(units).length === 0) return undefined;
  return { name: rules.element.name, news: { kind: 'entries', units }, values };
}

const NOWHERE: readonly Env[] = [];

/** What the message says about one element of one resource, seen from where it stands; undefined where it says nothing. */
export function newsOf(rules: ElementRules, env: Env, joined: boolean): NamedNews | undefined {
  const { instance } = env;
  if (!joined && !mayYield(rules.needs, env)) return undefined;
  const also = joined && instance !== undefined ? instance.also.map((place) => place.making(instance)) : NOWHERE;
  return rules.entries ? byUnit(rules, env, also) : whole(rules, env, also);
}
