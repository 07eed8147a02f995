import { didYouMean } from '../../core/nearest.ts';
import type { Condition, Expression } from '../language/ast.ts';
import { nameKey } from '../../hl7/segment.ts';
import { isNull, textOf } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import type { CompileContext, Compiled } from './compiled.ts';
import { anyNeed, needOf, type Need } from '../run/presence.ts';
import { segmentsAt } from './structure-tree.ts';
import { isTrigger } from './trigger.ts';

/** A condition as a closure. */
export type Test = (env: Env) => boolean;

/** Compiles the expressions inside a condition. */
type CompileInside = (expression: Expression, context: CompileContext) => Compiled;

function segmentExists(name: string, at: number, context: CompileContext): Test {
  context.footprint.open();
  if (context.around.fieldsOf(name) === undefined) {
    const hint = didYouMean(name, context.around.surroundings.segments.keys());
    context.fail('mapping.unknown-path', `HL7 has no segment ${name}${hint}`, at);
  }
  if (context.scope.segment === name) return ({ segment }) => segment !== undefined;
  const way = context.around.wayToSegment(name);
  if (way === undefined) return () => false;
  const key = nameKey(name, 0);
  return ({ run, group }) => run.presence.holds(key) && segmentsAt(way, name, group).length > 0;
}

/** Fields of which one must be populated for a condition to hold; undefined where it may hold without. */
function needsOf(condition: Condition): readonly Need[] | undefined {
  switch (condition.kind) {
    case 'and':
      return condition.parts.map(needsOf).find((needs) => needs !== undefined);
    case 'or':
      return anyNeed(condition.parts.map(needsOf));
    case 'exists':
    case 'in':
    case 'matches': {
      const { of } = condition;
      if (of.kind !== 'path' || of.segment === undefined || of.field === undefined || isTrigger(of)) return undefined;
      return [needOf(of.segment, of.field)];
    }
    case 'not':
    case 'segment':
      return undefined;
  }
}

/** Compiles a condition. A comparison holds if one of the values satisfies it; empty is different from everything. */
export function compileCondition(condition: Condition, context: CompileContext, inside: CompileInside): Test {
  const test = compileTest(condition, context, inside);
  const needs = needsOf(condition);
  return needs === undefined ? test : (env) => env.run.presence.meets(needs, env.segment) && test(env);
}

function compileTest(condition: Condition, context: CompileContext, inside: CompileInside): Test {
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map((part) => compileTest(part, context, inside));
      return (env) => parts.every((part) => part(env));
    }
    case 'or': {
      const parts = condition.parts.map((part) => compileTest(part, context, inside));
      return (env) => parts.some((part) => part(env));
    }
    case 'not': {
      const part = compileTest(condition.part, context, inside);
      return (env) => !part(env);
    }
    case 'segment':
      return segmentExists(condition.name, condition.at, context);
    case 'exists': {
      const { evaluate } = inside(condition.of, context);
      return (env) => {
        for (const item of evaluate(env)) if (!isNull(item)) return true;
        return false;
      };
    }
    case 'in': {
      const { evaluate } = inside(condition.of, context);
      const values = new Set(condition.values);
      return (env) => {
        for (const item of evaluate(env)) if (values.has(textOf(item))) return true;
        return false;
      };
    }
    case 'matches': {
      const { evaluate } = inside(condition.of, context);
      return (env) => evaluate(env).some((item) => condition.pattern.test(textOf(item)));
    }
  }
}
