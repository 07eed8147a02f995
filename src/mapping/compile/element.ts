import { didYouMean } from '../../core/nearest.ts';
import { nameKey } from '../../hl7/segment.ts';
import type { Expression } from '../language/ast.ts';
import { parseCondition, parseExpression } from '../language/parse.ts';
import { Cell } from '../run/cell.ts';
import { anyNeed, type Need } from '../run/presence.ts';
import type { Env } from '../run/run.ts';
import { child, entriesOf, type Entry, type MapNode, type Node, type ScalarNode } from '../source/node.ts';
import { elementsOf, findElement, type Element } from '../types/fhir-model.ts';
import { boundValues, checkBinding } from './bindings.ts';
import type { CompileContext, Scope } from './compiled.ts';
import { completingRule } from './completing.ts';
import type { Test } from './condition.ts';
import { Footprint } from './footprint.ts';
import { recallingRule } from './recalling.ts';
import type { RuleContext } from './rule-context.ts';
import { keepingOf, keepingRule } from './keeping.ts';
import { compileExpression, compileTest, compileTo } from './expression.ts';
import { objectBuilder, objectOfParts, type Part } from './object.ts';
import { segmentsAt } from './structure-tree.ts';
import type { Rule } from './target.ts';

const KEYWORDS = new Set(['each', 'when', 'is', 'keep']);

/** The context that expressions of this scalar are compiled in. */
export function expressionContext(node: ScalarNode, context: RuleContext): CompileContext {
  return {
    around: context.around,
    scope: context.scope,
    footprint: context.footprint,
    lenient: context.around.isShared(node.at.file ?? ''),
    fail: context.faults.inside(node, context.path),
  };
}

function syntaxFault(node: ScalarNode, fault: { message: string; at: number }, context: RuleContext): void {
  context.faults.inside(node, context.path)('mapping.syntax', fault.message, fault.at);
}

/** Reads the expression of a scalar; `true`, `false` and numbers are literals. */
export function readExpression(node: ScalarNode, context: RuleContext): Expression | undefined {
  if (typeof node.value !== 'string' || /^-?\d+(\.\d+)?$/u.test(node.value)) {
    return { kind: 'literal', value: String(node.value), at: 0 };
  }
  const parsed = parseExpression(node.value);
  if (!parsed.ok) syntaxFault(node, parsed.error, context);
  return parsed.ok ? parsed.value : undefined;
}

/** Compiles a condition; a fault is noted and the condition holds. */
export function readTest(node: Node | undefined, context: RuleContext): Test | undefined {
  if (node?.kind !== 'scalar') return undefined;
  const parsed = parseCondition(String(node.value));
  if (parsed.ok) return compileTest(parsed.value, expressionContext(node, context));
  syntaxFault(node, parsed.error, context);
  return undefined;
}

/** First HL7 field that an expression reads: `PID-13`. */
function firstField(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'path':
      return expression.segment === undefined ? undefined : `${expression.segment}-${expression.field ?? 0}`;
    case 'call':
      return firstField(expression.input);
    case 'else':
      return expression.options.map(firstField).find((field) => field !== undefined);
    case 'period':
      return firstField(expression.start);
    case 'reference':
      return `$${expression.name}`;
    case 'literal':
      return undefined;
  }
}

function scalarRule(node: ScalarNode, element: Element, context: RuleContext): Rule | undefined {
  const expression = readExpression(node, context);
  if (expression === undefined) return undefined;
  const expressions = expressionContext(node, context);
  const compiled = compileTo(expression, expressions, element.types);
  checkBinding(expression, element, expressions);
  const bound = boundValues(expression, element, expressions);
  if (compiled.many && !element.list) {
    const hint = 'choose one with [1], first or join';
    expressions.fail('mapping.repeats', `several values cannot go into the single ${element.name}: ${hint}`);
  }
  return {
    unit: firstField(expression) ?? 'constant',
    constant: compiled.constant === true,
    needs: compiled.needs,
    label: context.path,
    produce: (env, out) => {
      const values = compiled.evaluate(env);
      out.take(bound === undefined ? values : bound(values, env.run), env, !element.list);
    },
  };
}

/** A list of rules: all of them for a list element, the first that yields for a single one. */
function listRule(items: readonly Node[], element: Element, context: RuleContext): Rule | undefined {
  const rules = items.flatMap((item) => compileRule(item, element, context) ?? []);
  const first = rules[0];
  if (first === undefined) return undefined;
  return {
    unit: first.unit,
    constant: rules.every(({ constant }) => constant),
    needs: anyNeed(rules.map(({ needs }) => needs)),
    label: context.path,
    produce: (env, out) => {
      for (const rule of rules) {
        rule.produce(env, out);
        if (!element.list && out.values.length > 0) return;
      }
    },
  };
}

type Wherever = (env: Env) => readonly Env[];

interface Each {
  readonly scope: Scope;
  readonly over: Wherever;
  readonly unit?: string;
  readonly needs?: readonly Need[] | undefined;
}

const NOWHERE: readonly Env[] = [];

/** Goes over segments: `OBX`, or `SPECIMEN.OBX` of a group below this one. */
function eachSegment(text: string, group: string | undefined, segment: string, context: RuleContext): Each {
  const { around } = context;
  context.footprint.open();
  const way = group === undefined ? around.wayToSegment(segment) : around.wayToGroup(group);
  const scope = { ...context.scope, segment };
  if (way === undefined) return { scope, over: () => NOWHERE };
  const key = nameKey(segment, 0);
  return {
    scope,
    unit: text,
    over: (env) =>
      env.run.presence.holds(key) ? segmentsAt(way, segment, env.group).map((one) => env.on(one)) : NOWHERE,
  };
}

/** `each: PV1-7` goes over repetitions, `each: OBX` over segments. */
function compileEach(node: Node | undefined, context: RuleContext): Each | undefined {
  if (node?.kind !== 'scalar') return undefined;
  const text = String(node.value);
  const [, group, named] = /^(?:([A-Z][A-Z0-9_]*)\.)?([A-Z][A-Z0-9]{2})$/u.exec(text) ?? [];
  if (named !== undefined) return eachSegment(text, group, named, context);
  const expression = readExpression(node, context);
  if (expression === undefined) return undefined;
  const { evaluate, hl7, needs } = compileExpression(expression, expressionContext(node, context));
  const over: Wherever = (env) => evaluate(env).flatMap((cell) => (cell instanceof Cell ? [env.looking(cell)] : []));
  if (expression.kind !== 'path' || expression.segment === undefined || hl7 === undefined) {
    return { scope: context.scope, over, needs };
  }
  const { segment, field = 0 } = expression;
  return { scope: { ...context.scope, cell: { segment, field, type: hl7 } }, over, unit: `${segment}-${field}`, needs };
}

function mapRule(node: MapNode, element: Element, context: RuleContext): Rule | undefined {
  const each = compileEach(child(node, 'each'), context);
  const inner: RuleContext = each === undefined ? context : { ...context, scope: each.scope };
  const test = readTest(child(node, 'when'), inner);
  const is = child(node, 'is');
  let rule = is === undefined ? objectRule(node, element, inner) : compileRule(is, element, inner);
  if (rule === undefined) return undefined;
  if (is !== undefined) rule = withChildren(rule, node, element, inner);
  const keeping = keepingOf(node, element, inner);
  if (keeping !== undefined) rule = keepingRule(rule, keeping);
  const over = each?.over;
  return {
    ...rule,
    unit: each?.unit ?? rule.unit,
    needs: each?.needs ?? rule.needs,
    produce: (env, out) => {
      // Lines of a text that is joined come to one output from several places.
      const before = out.values.length;
      for (const one of over === undefined ? [env] : over(env)) {
        if (!element.list && out.values.length > before) return;
        if (one.cell?.isNull === true) {
          out.nulled = true;
          env.run.touch(one.cell);
        } else if (test === undefined || test(one)) rule.produce(one, out);
      }
    },
  };
}

function partsOf(node: MapNode, owner: string, context: RuleContext): readonly Part[] {
  return entriesOf(node).flatMap((entry): readonly Part[] => {
    if (KEYWORDS.has(entry.key)) return [];
    const found = namedRule(entry, owner, context);
    return found === undefined ? [] : [found];
  });
}

/** The rule of `name: …` below a type; an unknown name is a fault. */
export function namedRule(entry: Entry, owner: string, context: RuleContext): Part | undefined {
  const inner = { ...context, path: `${context.path}.${entry.key}` };
  const element = findElement(owner, entry.key);
  if (element === undefined) {
    const hint = didYouMean(entry.key, elementsOf(owner).keys());
    context.faults.add('mapping.unknown-element', `${owner} has no element "${entry.key}"${hint}`, {
      ...entry.at,
      path: inner.path,
    });
    return undefined;
  }
  // What an `each:` around it looks at is no field of its own.
  const footprint = context.scope.cell === undefined ? new Footprint(context.footprint) : context.footprint;
  const rule = compileRule(entry.value, element, { ...inner, footprint });
  if (rule === undefined) return undefined;
  return { element, rule: footprint === context.footprint ? rule : recallingRule(rule, footprint) };
}

function checkRequired(node: MapNode, owner: string, context: RuleContext): void {
  const set = new Set(entriesOf(node).map(({ key }) => findElement(owner, key)?.name));
  for (const element of elementsOf(owner).values()) {
    if (!element.required || set.has(element.name)) continue;
    const message = `${owner} needs "${element.name}"`;
    context.faults.add('mapping.required-element', message, { ...node.at, path: context.path });
  }
}

/** An object of an element with children: left out unless one of its rules that read the message yields. */
function objectRule(node: MapNode, element: Element, context: RuleContext): Rule | undefined {
  const owner = element.children;
  if (owner === undefined) {
    const message = `${element.name} has no elements of its own`;
    context.faults.add('mapping.unknown-element', message, { ...node.at, path: context.path });
    return undefined;
  }
  const parts = partsOf(node, owner, context);
  checkRequired(node, owner, context);
  return objectOfParts(parts, owner, context.path);
}

/** Children beside `is:`. */
function withChildren(rule: Rule, node: MapNode, element: Element, context: RuleContext): Rule {
  if (entriesOf(node).every(({ key }) => KEYWORDS.has(key))) return rule;
  const owner = element.children;
  if (owner === undefined) return objectRule(node, element, context) ?? rule;
  return completingRule(rule, objectBuilder(partsOf(node, owner, context)));
}

/** Compiles what stands under the name of an element: an expression, a list of them, or a map of its children. */
function compileRule(node: Node, element: Element, context: RuleContext): Rule | undefined {
  switch (node.kind) {
    case 'scalar':
      return scalarRule(node, element, context);
    case 'list':
      return listRule(node.items, element, context);
    case 'map':
      return mapRule(node, element, context);
  }
}
