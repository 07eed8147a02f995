import { didYouMean } from '../../../core/nearest.ts';
import { isObject, stringifyFhir } from '../../../fhir/json.ts';
import { isResourceType } from '../../types/fhir-model.ts';
import { textOf } from '../convert/converter.ts';
import { targetType } from '../convert/references.ts';
import { plainType } from '../convert/registry.ts';
import type { Condition, Expression } from '../language/ast.ts';
import type { Env } from '../run/env.ts';
import { addressOf, isResource, type Item } from '../run/item.ts';
import type { CompileContext, Compiled, Test } from './compiled.ts';

type CompileExpression = (expression: Expression, context: CompileContext) => Compiled;

const NEVER: Test = () => false;

/** What a filter looked at to choose a value is said by the place that the value goes to. */
function told(item: Item, env: Env): true {
  env.run.account.say(item);
  return true;
}

function some(compiled: Compiled, test: (item: Item, env: Env) => boolean): Test {
  return (env) => compiled.evaluate(env).some((item) => test(item, env) && told(item, env));
}

/** True where a Reference, or a resource, means this resource. */
function means({ value }: Item, resource: unknown, env: Env): boolean {
  if (!isResource(resource)) return false;
  if (isResource(value)) return value === resource;
  if (!isObject(value) || typeof value['reference'] !== 'string') return false;
  const { reference } = value;
  return reference === addressOf(resource) || env.run.pool.find(reference) === resource;
}

function same(condition: Condition & { kind: 'same' }, of: Compiled, context: CompileContext): Test {
  const { name, at } = condition;
  if (!context.scope.names.has(name)) {
    const hint = didYouMean(name, context.scope.names.keys());
    context.fail('mapping.unknown-name', `nothing is called $${name}${hint}`, at);
    return NEVER;
  }
  return some(of, (item, env) => means(item, env.names.get(name)?.value, env));
}

function is(condition: Condition & { kind: 'is' }, of: Compiled, context: CompileContext): Test {
  const { type, at } = condition;
  const isReference = of.types.some((one) => one.type === 'Reference');
  const isKnown = isReference ? isResourceType(type) : of.types.some((one) => plainType(one.type) === type);
  if (!isKnown && of.types.length > 0) {
    const names = of.types.map((one) => one.type);
    context.fail('mapping.unknown-element', `this can never be a ${type}${didYouMean(type, names)}`, at);
  }
  return (env) =>
    of
      .evaluate(env)
      .some((item) => (item.type === 'Reference' ? targetType(item, env.run) === type : plainType(item.type) === type));
}

/** True where two values are the same JSON. */
function equal(of: Compiled, to: Compiled): Test {
  return (env) => {
    const values = to.evaluate(env).map(({ value }) => stringifyFhir(value));
    return of.evaluate(env).some(({ value }) => values.includes(stringifyFhir(value)));
  };
}

/** Compiles a condition to a closure. */
export function compileCondition(condition: Condition, context: CompileContext, compile: CompileExpression): Test {
  switch (condition.kind) {
    case 'and': {
      const tests = condition.parts.map((part) => compileCondition(part, context, compile));
      return (env) => tests.every((test) => test(env));
    }
    case 'or': {
      const tests = condition.parts.map((part) => compileCondition(part, context, compile));
      return (env) => tests.some((test) => test(env));
    }
    case 'not': {
      const test = compileCondition(condition.part, context, compile);
      return (env) => !test(env);
    }
    case 'exists': {
      const of = compile(condition.of, context);
      return (env) => of.evaluate(env).length > 0;
    }
    case 'in': {
      const values = new Set(condition.values);
      return some(compile(condition.of, context), ({ value }) => values.has(textOf(value)));
    }
    case 'matches':
      return some(compile(condition.of, context), ({ value }) => condition.pattern.test(textOf(value)));
    case 'is':
      return is(condition, compile(condition.of, context), context);
    case 'equal':
      return equal(compile(condition.of, context), compile(condition.to, context));
    case 'same':
      return same(condition, compile(condition.of, context), context);
  }
}
