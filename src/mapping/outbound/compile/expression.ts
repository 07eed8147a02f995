import { didYouMean } from '../../../core/nearest.ts';
import { FUNCTIONS } from '../functions/index.ts';
import { stringifyFhir } from '../../../fhir/json.ts';
import { textOf } from '../convert/converter.ts';
import type { Condition, Expression } from '../language/ast.ts';
import type { Env } from '../run/env.ts';
import { Item } from '../run/item.ts';
import { typed, type CompileContext, type Compiled, type Test } from './compiled.ts';
import { compileCondition } from './condition.ts';
import { compilePath } from './path.ts';

/** Compiles an expression as it stands, without converting its values. */
export function compileExpression(expression: Expression, context: CompileContext): Compiled {
  switch (expression.kind) {
    case 'path':
      return compilePath(expression, context, compileTest);
    case 'literal':
      return literal(new Item('literal', expression.value));
    case 'index':
      return { ...literal(NO_ITEM), evaluate: ({ index }) => [new Item('literal', String(index))] };
    case 'now':
      return now();
    case 'else':
      return firstOf(expression.options, context);
    case 'call':
      return call(expression, context);
  }
}

const NO_ITEM = new Item('literal', '');

/** Compiles a condition. */
export function compileTest(condition: Condition, context: CompileContext): Test {
  return compileCondition(condition, context, compileExpression);
}

function literal(item: Item): Compiled {
  const items = [item];
  return { types: [typed('literal')], many: false, constant: true, evaluate: () => items };
}

function now(): Compiled {
  const evaluate = ({ run }: Env): readonly Item[] => [
    new Item('literal', run.setting.receiver.moment(run.setting.now)),
  ];
  return { types: [typed('literal')], many: false, constant: false, evaluate };
}

/** True where a later option says no more than the chosen one: the same value, or the date of its time. */
function saysNoMore(later: Item, chosen: Item | undefined): boolean {
  const [mine, its] = [textOf(later.value), textOf(chosen?.value)];
  if (mine === '') return stringifyFhir(later.value) === stringifyFhir(chosen?.value ?? null);
  return mine === its || (later.type === 'date' && its.startsWith(`${mine}T`));
}

/** A later option that says the same is said with the chosen one. */
function saySame(chosen: readonly Item[], later: readonly Compiled[], env: Env): void {
  for (const option of later) {
    if (option.constant) continue;
    const [item] = option.evaluate(env);
    if (item !== undefined && saysNoMore(item, chosen[0])) env.run.account.say(item);
  }
}

function firstOf(options: readonly Expression[], context: CompileContext): Compiled {
  const compiled = options.map((option) => compileExpression(option, context));
  const evaluate = (env: Env): readonly Item[] => {
    for (const option of compiled) {
      const items = option.evaluate(env);
      if (items.length === 0) continue;
      saySame(items, compiled.slice(compiled.indexOf(option) + 1), env);
      return items;
    }
    return [];
  };
  return {
    types: compiled.flatMap(({ types }) => types),
    many: compiled.some(({ many }) => many),
    constant: compiled.every(({ constant }) => constant),
    evaluate,
  };
}

function call(expression: Expression & { kind: 'call' }, context: CompileContext): Compiled {
  const { name, args, at } = expression;
  const found = FUNCTIONS.get(name);
  if (found === undefined) {
    const hint = didYouMean(name, FUNCTIONS.keys());
    return context.fail('mapping.unknown-function', `there is no function ${name}${hint} on the way out`, at);
  }
  return found.bind({
    args,
    tables: context.tables,
    input: compileExpression(expression.input, context),
    fail: (code, message) => context.fail(code, `${name}: ${message}`, at),
  });
}
