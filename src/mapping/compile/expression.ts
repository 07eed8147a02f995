import { didYouMean } from '../../core/nearest.ts';
import { FUNCTIONS } from '../functions/index.ts';
import type { CallExpression, Condition, Expression, PathExpression, ReferenceExpression } from '../language/ast.ts';
import { ALL_PARTS, cellsOf, isNull, Made, NO_CELLS, type Item } from '../run/cell.ts';
import { climb } from '../run/instances.ts';
import { isReversed, orderedPeriod } from '../convert/times.ts';
import { anyNeed } from '../run/presence.ts';
import type { Env, Instance } from '../run/run.ts';
import { NOTHING, type CompileContext, type Compiled } from './compiled.ts';
import { compileCondition, type Test } from './condition.ts';
import { convertTo } from './convert.ts';
import { compilePath } from './path.ts';
import { TO_OUTERMOST } from './structure-tree.ts';
import { isTrigger, orEvent } from './trigger.ts';

/** Compiles an expression as it stands, without converting its values; functions are told the types the place takes. */
export function compileExpression(
  expression: Expression,
  context: CompileContext,
  expected: readonly string[] = [],
): Compiled {
  switch (expression.kind) {
    case 'path':
      return compileField(expression, context);
    case 'literal':
      return literal(expression.value);
    case 'reference':
      return compileReference(expression, context);
    case 'call':
      return compileCall(expression, context, expected);
    case 'else':
      return compileElse(expression.options, context, expected);
    case 'period':
      return compilePeriod(expression, context, expected);
  }
}

function compileField(path: PathExpression, context: CompileContext): Compiled {
  const compiled = compilePath(path, context, compileTest);
  return isTrigger(path) ? orEvent(compiled, context, compileField) : compiled;
}

/** Compiles a condition. */
export function compileTest(condition: Condition, context: CompileContext): Test {
  return compileCondition(condition, context, compileExpression);
}

/** Compiles an expression and converts its values into one of the types that the place takes. */
export function compileTo(expression: Expression, context: CompileContext, types: readonly string[]): Compiled {
  if (expression.kind === 'else') return compileElse(expression.options, context, types, true);
  const compiled = compileExpression(expression, context, types);
  const converted = convertTo(compiled, types);
  if (converted !== undefined) return converted;
  const from = compiled.hl7 ?? compiled.types.join(' or ');
  const wanted = types.join(' or ');
  return context.fail('mapping.no-converter', `${from} cannot become ${wanted}`, expression.at);
}

function literal(value: string): Compiled {
  const items = [new Made('literal', value, [])];
  return { types: ['literal'], many: false, constant: true, evaluate: () => items };
}

/** The first option that has a value; only nulls: null. */
function firstOf(options: readonly Compiled[], env: Env): readonly Item[] {
  let nulls: readonly Item[] = [];
  for (let index = 0; index < options.length; index += 1) {
    const items = options[index]?.evaluate(env) ?? [];
    if (items.length === 0) continue;
    if (items.some((item) => !isNull(item))) {
      touchSame(items, options, index + 1, env);
      return items;
    }
    nulls = items;
  }
  return nulls;
}

const valueText = (item: Item | undefined): string =>
  item instanceof Made ? JSON.stringify(item.value) : (item?.raw() ?? '');

function saysSame(item: Item, other: Item | undefined): boolean {
  if (item instanceof Made && other instanceof Made && typeof item.value === 'string')
    return item.value === other.value;
  if (sameCell(item, other)) return true;
  return valueText(item) === valueText(other);
}

/** Made of one value each, and those are the same text of the same type. */
function sameCell(item: Item, other: Item | undefined): boolean {
  if (!(item instanceof Made) || !(other instanceof Made) || item.type !== other.type) return false;
  const [one, more] = item.cells;
  const [another, yetMore] = other.cells;
  if (one === undefined || another === undefined || more !== undefined || yetMore !== undefined) return false;
  return one.type === another.type && one.raw() === another.raw();
}

/** False where none of the fields it needs is populated. */
export function mayYield(needs: Compiled['needs'], { run, segment }: Env): boolean {
  return needs === undefined || run.presence.meets(needs, segment);
}

/** A later option that says the same (ORC-2 and OBR-2) is not lost. */
function touchSame(chosen: readonly Item[], options: readonly Compiled[], from: number, env: Env): void {
  for (let index = from; index < options.length; index += 1) {
    const other = options[index];
    if (other === undefined || other.constant === true || !mayYield(other.needs, env)) continue;
    const item = other.evaluate(env)[0];
    if (item === undefined || !saysSame(item, chosen[0])) continue;
    for (const cell of cellsOf(item)) {
      if (item === cell) cell.see(ALL_PARTS);
      env.run.touch(cell);
    }
  }
}

function compileElse(
  expressions: readonly Expression[],
  context: CompileContext,
  expected: readonly string[],
  convert = false,
): Compiled {
  const options = expressions.map((option) =>
    convert ? compileTo(option, context, expected) : compileExpression(option, context, expected),
  );
  const kinds = new Set(options.map(({ hl7 }) => hl7));
  const [hl7] = kinds;
  return {
    ...(kinds.size === 1 && hl7 !== undefined ? { hl7 } : {}),
    types: [...new Set(options.flatMap(({ types }) => types))],
    many: options.some(({ many }) => many),
    needs: anyNeed(options.map(({ needs }) => needs)),
    evaluate: (env) => firstOf(options, env),
  };
}

/** `OBR-7 .. OBR-8`: a dateTime where one is there, a Period where both are. */
function compilePeriod(
  expression: { start: Expression; end: Expression },
  context: CompileContext,
  expected: readonly string[],
): Compiled {
  const takesTime = expected.includes('dateTime');
  const start = compileTo(expression.start, context, ['dateTime']);
  const end = compileTo(expression.end, context, ['dateTime']);
  return {
    types: ['dateTime', 'Period'],
    many: false,
    needs: anyNeed([start.needs, end.needs]),
    evaluate: (env) => {
      const from = start.evaluate(env)[0];
      const until = end.evaluate(env)[0];
      return joinPeriod(from, until, takesTime);
    },
  };
}

function joinPeriod(from: Item | undefined, until: Item | undefined, takesTime: boolean): readonly Item[] {
  if (!(from instanceof Made)) return until instanceof Made ? [endOnly(until)] : nullsOf(from);
  if (!(until instanceof Made)) return [from];
  const [start, end] = [String(from.value), String(until.value)];
  // An end before its start is a sender's clock, not a period.
  if (isReversed(start, end)) return [from];
  if (start === end && takesTime) return [from];
  return [new Made('Period', orderedPeriod(start, end), [...from.cells, ...until.cells])];
}

const endOnly = (until: Made): Made => new Made('Period', { end: until.value }, until.cells);

const nullsOf = (item: Item | undefined): readonly Item[] => (item === undefined ? [] : [item]);

function compileCall(expression: CallExpression, context: CompileContext, expected: readonly string[]): Compiled {
  const found = FUNCTIONS.get(expression.name);
  if (found === undefined) {
    const hint = didYouMean(expression.name, FUNCTIONS.keys());
    return context.fail('mapping.unknown-function', `there is no function ${expression.name}${hint}`, expression.at);
  }
  return found.bind({
    args: expression.args,
    expected,
    context,
    input: () => compileExpression(expression.input, context, expected),
    converted: (types) => compileTo(expression.input, context, types),
    compile: (argument) => compileExpression(argument, context),
    siblings: () => siblings(expression.input, context),
    fail: (code, message) => context.fail(code, `${expression.name}: ${message}`, expression.at),
  });
}

// ---- references

/** The resources of a rule set that belong to where the rule stands. */
export function compileInstances(
  name: string,
  context: CompileContext,
  at: number,
): ((env: Env) => readonly Instance[]) | undefined {
  return instancesFrom(name, context, { level: 0, at });
}

interface From {
  /** From the group of the rule (0) or the one around it (1). */
  readonly level: 0 | 1;
  /** Offset in the expression. */
  readonly at: number;
}

function instancesFrom(
  name: string,
  context: CompileContext,
  { level, at }: From,
): ((env: Env) => readonly Instance[]) | undefined {
  const { around, lenient, footprint } = context;
  footprint.open();
  const way = around.meeting(name, level);
  if (way === undefined) {
    if (!lenient) {
      const hint = didYouMean(name, around.surroundings.resources.keys());
      context.fail('mapping.unknown-name', `no resource is called ${name}${hint}`, at);
    }
    return undefined;
  }
  const { up, down } = way;
  if (up === TO_OUTERMOST) return (env) => env.run.instances(name);
  const upTo = down.length;
  return (env) => env.run.instancesIn(name, upTo, climb(env.group, up));
}

/** The resources of a rule set around the group that the rule stands in. */
function siblings(input: Expression, context: CompileContext): ((env: Env) => readonly Instance[]) | undefined {
  if (input.kind !== 'reference') return undefined;
  const steps = context.around.isOutermost ? 0 : 1;
  const find = instancesFrom(input.name, context, { level: steps, at: input.at });
  return find === undefined ? undefined : (env) => find(env.at(climb(env.group, steps)));
}

const NO_ITEMS: readonly Item[] = [];

/** `each: DG1` means the condition of that very segment, and none where that segment has none. */
function ownOf(found: readonly Instance[], { segment }: Env): Instance | undefined {
  const first = found[0];
  if (segment === undefined || first?.env.segment === segment) return first;
  const own = found.find((instance) => instance.env.segment === segment);
  return own ?? (first?.env.segment?.name === segment.name ? undefined : first);
}

function compileReference(expression: ReferenceExpression, context: CompileContext): Compiled {
  const instances = compileInstances(expression.name, context, expression.at);
  if (instances === undefined) return NOTHING;
  const type = context.around.typeOf(expression.name) ?? '';
  const made = `Reference(${type})`;
  const refer = ({ link }: Instance): Made => new Made(made, link, NO_CELLS);
  const evaluate = (env: Env): readonly Item[] => {
    const found = instances(env);
    if (expression.all) return found.map(refer);
    const chosen = ownOf(found, env);
    return chosen === undefined ? NO_ITEMS : [refer(chosen)];
  };
  return { types: [made], many: expression.all, evaluate };
}
