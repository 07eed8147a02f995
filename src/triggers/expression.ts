import fhirpath from 'fhirpath';
import type { UserInvocationTable } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { DateTime } from 'luxon';
import type { Condition, Truth } from './condition.ts';
import { compileCondition } from './condition.ts';
import type { Scope } from './scope.ts';
import { comparatorSamples } from './comparator.ts';

/** A value in one canonical unit (UCUM), as `canonical(observation)` answers. */
interface CanonicalValue {
  readonly value: number;
  readonly unit: string;
}

/** Knowledge that expressions ask for; pure functions, given when plans are compiled. */
export interface ExpressionKnowledge {
  /** True where one of the codings is of the concept. */
  readonly concept: (concept: string, codings: readonly { system?: string; code?: string }[]) => boolean;
  /** Names of all concepts; a plan that uses another one is refused. */
  readonly concepts: readonly string[];
  /** The result of an Observation in the canonical unit of its analyte; undefined where there is none. */
  readonly canonical: (observation: Readonly<Record<string, unknown>>) => CanonicalValue | undefined;
}

/** Outcome of an evaluation; `failed` is a run-time fault of the data (a string compared with a number), not of the plan. */
type Outcome = { readonly ok: true; readonly values: readonly unknown[] } | { readonly ok: false };

/** A compiled FHIRPath expression. */
export interface Expression {
  readonly text: string;
  evaluate(scope: Scope): Outcome;
  /** The expression as a condition. */
  holds(scope: Scope): Truth;
}

const typed = new Map<string, unknown>();

/** `%now` and `%today` must be typed FHIRPath values: a raw string cannot be compared with a date minus 50 years. */
function literal(text: string): unknown {
  const known = typed.get(text);
  if (known !== undefined) return known;
  const values: unknown = fhirpath.evaluate({}, text, {}, r4, { resolveInternalTypes: false });
  const value: unknown = Array.isArray(values) ? values[0] : undefined;
  if (typed.size > 500) typed.clear();
  typed.set(text, value);
  return value;
}

/** Whether an expression asks for the time: formatting it costs more than most conditions. */
interface TimesUsed {
  readonly now: boolean;
  readonly today: boolean;
}

function variables(scope: Scope, used: TimesUsed): Record<string, unknown> {
  const at = (format: string): unknown =>
    literal(`@${DateTime.fromJSDate(scope.now, { zone: scope.zone }).toFormat(format)}`);
  return {
    doc: scope.doc ?? {},
    event: scope.event ?? {},
    enrolment: scope.enrolment ?? {},
    anchor: scope.anchor ?? {},
    reply: scope.reply ?? {},
    now: used.now ? at("yyyy-MM-dd'T'HH:mm:ssZZ") : [],
    today: used.today ? at('yyyy-MM-dd') : [],
  };
}

/** Compiles once; throws what fhirpath throws on a syntax error (the loader turns it into a problem with its place). */
export function compileExpression(text: string, knowledge: ExpressionKnowledge): Expression {
  const functions = userFunctions(knowledge);
  const once = interpreted(text, functions);
  let condition: Condition | undefined;
  return {
    text,
    evaluate: (scope) => agreed(scope, text, once, { ok: false }),
    holds: (scope) => {
      // Only expressions that are used as conditions are compiled as such.
      condition ??= compileCondition(text, (part) => conditionOf(interpreted(part, functions)));
      return agreed(scope, text, condition, 'not-evaluable');
    },
  };
}

function interpreted(text: string, functions: UserInvocationTable): (scope: Scope) => Outcome {
  const run = fhirpath.compile(text, r4, { userInvocationTable: functions });
  const used = { now: text.includes('%now'), today: text.includes('%today') };
  return (scope) => {
    try {
      const values: unknown = run({}, variables(scope, used));
      return { ok: true, values: Array.isArray(values) ? values : [] };
    } catch {
      return { ok: false };
    }
  };
}

/** A result that is a bound is tried with every value that decides; the answer stands only if all agree. */
function agreed<T>(scope: Scope, text: string, answer: (scope: Scope) => T, otherwise: T): T {
  const samples = comparatorSamples(scope.event, text);
  if (samples === undefined) return answer(scope);
  const answers = samples.map((event) => answer({ ...scope, event }));
  const [first] = answers;
  const same = answers.every((one) => JSON.stringify(one) === JSON.stringify(first));
  return same && first !== undefined ? first : otherwise;
}

function conditionOf(run: (scope: Scope) => Outcome): Condition {
  return (scope) => {
    const outcome = run(scope);
    if (!outcome.ok || outcome.values.length !== 1) return 'not-evaluable';
    const [value] = outcome.values;
    return value === true ? 'true' : value === false ? 'false' : 'not-evaluable';
  };
}

/** Evaluates a condition. */
export function truth(expression: Expression, scope: Scope): Truth {
  return expression.holds(scope);
}

/** Evaluates to one text (a key, an anchor); undefined where it is empty, several values or a fault. */
export function singleText(expression: Expression, scope: Scope): string | undefined {
  const outcome = expression.evaluate(scope);
  if (!outcome.ok || outcome.values.length !== 1) return undefined;
  const [value] = outcome.values;
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

function userFunctions(knowledge: ExpressionKnowledge): UserInvocationTable {
  return {
    concept: {
      fn: (inputs: readonly unknown[], name: string) =>
        inputs.filter((input) => knowledge.concept(name, codingsOf(plain(input)))),
      arity: { 1: ['String'] },
    },
    canonical: {
      fn: (_inputs: readonly unknown[], argument: readonly unknown[]) => {
        const observation = plain(argument[0]);
        if (!isRecord(observation)) return [];
        const value = knowledge.canonical(observation);
        return value === undefined ? [] : [literal(`${value.value} '${value.unit}'`)];
      },
      arity: { 1: ['Any'] },
    },
  };
}

function plain(input: unknown): unknown {
  const value: unknown = fhirpath.util.valData(input);
  return value;
}

function codingsOf(value: unknown): readonly { system?: string; code?: string }[] {
  if (!isRecord(value)) return [];
  const codeable = isRecord(value['code']) ? value['code'] : value;
  const list = Array.isArray(codeable['coding']) ? codeable['coding'] : [codeable];
  return list.filter(isRecord).map((coding) => ({
    ...(typeof coding['system'] === 'string' ? { system: coding['system'] } : {}),
    ...(typeof coding['code'] === 'string' ? { code: coding['code'] } : {}),
  }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
