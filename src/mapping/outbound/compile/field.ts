import { canonicalType } from '../../convert/registry.ts';
import { HL7_NULL } from '../../../hl7/message.ts';
import type { RepetitionValue } from '../../../hl7/write-message.ts';
import { child, entriesOf, type Entry, type MapNode, type Node, type ScalarNode } from '../../source/node.ts';
import { componentCount, componentType } from '../../types/hl7-model.ts';
import type { Converter } from '../convert/converter.ts';
import { findConverter } from '../convert/registry.ts';
import type { Env } from '../run/env.ts';
import { holderOf, type Item } from '../run/item.ts';
import type { Run } from '../run/run.ts';
import type { Compiled } from './compiled.ts';
import { compileScalar, compileWhen } from './read-rule.ts';
import { expressionContext, type RuleContext } from './rule-context.ts';

/** A place of a message: a field, or a component of one. */
export interface Target {
  /** HL7 type. */
  readonly type: string;
  /** True where it may have several values. */
  readonly repeats: boolean;
}

/** A compiled rule of a field: puts the repetitions that it yields into the list. */
export interface FieldRule {
  /** True where it says nothing about the resources. */
  readonly constant: boolean;
  produce(env: Env, out: RepetitionValue[]): void;
}

const KEYWORDS = new Set(['each', 'when', 'is']);

// ---- expressions

function convertersOf(compiled: Compiled, type: string): ReadonlyMap<string, Converter> {
  const converters = new Map<string, Converter>();
  for (const { type: fhir, targets } of compiled.types) {
    const found = converters.has(fhir) ? undefined : findConverter(fhir, targets, type);
    if (found !== undefined) converters.set(fhir, found);
  }
  return converters;
}

/** A text that looks like the HL7 null would delete what the receiver knows. */
function holdsNull(value: RepetitionValue): boolean {
  if (typeof value === 'string') return value === HL7_NULL;
  for (const part of value) if (typeof part === 'string' ? part === HL7_NULL : part.includes(HL7_NULL)) return true;
  return false;
}

/** Whatever a field takes a value of is in the message. */
function mention(item: Item, run: Run): void {
  for (const one of item.madeOf) mention(one, run);
  const holder = holderOf(item);
  if (holder !== undefined) run.account.mention(holder);
}

function write(item: Item, converter: Converter, { run }: Env): RepetitionValue | undefined {
  const way = converter.of === undefined ? converter : converter.of(item);
  const value = way?.write(item, run);
  if (way === undefined || value === undefined) return undefined;
  if (holdsNull(value)) {
    run.lose(item, 'invalid-value', 'a text of two quotation marks means "delete" in HL7');
    return undefined;
  }
  mention(item, run);
  run.account.say(item, way.children);
  return value;
}

function scalarRule(node: ScalarNode, target: Target, context: RuleContext): FieldRule {
  const compiled = compileScalar(node, context);
  const converters = convertersOf(compiled, target.type);
  const { fail } = expressionContext(node, context);
  if (converters.size === 0 && compiled.types.length > 0) {
    const from = [...new Set(compiled.types.map(({ type }) => type))].join(' or ');
    fail('mapping.no-converter', `${from} cannot become ${target.type}`);
  }
  if (compiled.many && !target.repeats) {
    fail('mapping.repeats', `several values cannot go into one ${target.type}: choose one with [1], first or join`);
  }
  const { file = '', line = 0, column = 0 } = node.at;
  const rule = `${file}:${line}:${column}`;
  return {
    constant: compiled.constant,
    produce: (env, out) => {
      for (const item of compiled.evaluate(env)) {
        const converter = converters.get(item.type);
        const value = converter === undefined ? undefined : write(item, converter, env);
        if (value === undefined) continue;
        out.push(value);
        if (env.run.trace !== undefined) env.run.note(context.path, rule, item);
      }
    },
  };
}

// ---- lists and maps

/** All rules for a field that repeats, the first that yields for another one. */
function listRule(items: readonly Node[], target: Target, context: RuleContext): FieldRule {
  const rules = items.map((item) => compileField(item, target, context));
  return {
    constant: rules.every(({ constant }) => constant),
    produce: (env, out) => {
      for (const rule of rules) {
        rule.produce(env, out);
        if (!target.repeats && out.length > 0) return;
      }
    },
  };
}

interface Component {
  readonly index: number;
  readonly rule: FieldRule;
}

/** A value inside a component: its components are subcomponents there. */
function asComponent(value: RepetitionValue | undefined): string | readonly string[] {
  if (value === undefined || typeof value === 'string') return value ?? '';
  return value.map((part) => (typeof part === 'string' ? part : (part[0] ?? '')));
}

function componentOf({ key, at, value }: Entry, target: Target, context: RuleContext): readonly Component[] {
  if (KEYWORDS.has(key)) return [];
  const n = /^[1-9]\d?$/u.test(key) ? Number(key) : 0;
  const count = componentCount(canonicalType(target.type)) ?? 1;
  const path = `${context.path}.${key}`;
  if (n === 0 || n > count) {
    context.faults.add('mapping.unknown-path', `${target.type} has ${count} components, not "${key}"`, { ...at, path });
    return [];
  }
  const inner: Target = { type: componentType(canonicalType(target.type), n), repeats: false };
  return [{ index: n - 1, rule: compileField(value, inner, { ...context, path }) }];
}

/** Components that no rule gave are empty. */
function filled(made: readonly (string | readonly string[] | undefined)[]): RepetitionValue {
  return Array.from(made, (part) => part ?? '');
}

/** A value that is put together of its components; left out unless one that reads the resources yields. */
function compositeRule(node: MapNode, target: Target, context: RuleContext): FieldRule {
  const components = entriesOf(node).flatMap((entry) => componentOf(entry, target, context));
  const constant = components.every(({ rule }) => rule.constant);
  return {
    constant,
    produce: (env, out) => {
      const made: (string | readonly string[])[] = [];
      let says = constant;
      for (const { index, rule } of components) {
        const values: RepetitionValue[] = [];
        rule.produce(env, values);
        if (values.length > 0 && !rule.constant) says = true;
        made[index] = asComponent(values[0]);
      }
      if (says && made.length > 0) out.push(filled(made));
    },
  };
}

function mapRule(node: MapNode, target: Target, context: RuleContext): FieldRule {
  const given = child(node, 'each');
  const each = given?.kind === 'scalar' ? compileScalar(given, context) : undefined;
  const inner = each === undefined ? context : { ...context, scope: { ...context.scope, focus: each.types } };
  const test = compileWhen(child(node, 'when'), inner);
  const is = child(node, 'is');
  const rule = is === undefined ? compositeRule(node, target, inner) : compileField(is, target, inner);
  if (each?.many === true && !target.repeats && given !== undefined) {
    context.faults.add('mapping.repeats', `several values cannot go into one ${target.type}`, {
      ...given.at,
      path: context.path,
    });
  }
  return {
    constant: rule.constant && each === undefined,
    produce: (env, out) => {
      const places = each === undefined ? [env] : each.evaluate(env).map((item, at) => env.looking(item, at + 1));
      for (const place of places) if (test === undefined || test(place)) rule.produce(place, out);
    },
  };
}

/** Compiles what stands under the number of a field or component: an expression, a list of them, or a map. */
export function compileField(node: Node, target: Target, context: RuleContext): FieldRule {
  switch (node.kind) {
    case 'scalar':
      return scalarRule(node, target, context);
    case 'list':
      return listRule(node.items, target, context);
    case 'map':
      return mapRule(node, target, context);
  }
}
