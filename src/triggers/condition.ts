import r4 from 'fhirpath/fhir-context/r4';
import type { Scope } from './scope.ts';

/** Answer of a condition: empty, several values, or a fault are all `not-evaluable`, never `false`. */
export type Truth = 'true' | 'false' | 'not-evaluable';

/** A compiled condition. */
export type Condition = (scope: Scope) => Truth;

/** Compiles what is not simple. */
export type CompileLeaf = (text: string) => Condition;

/**
 * Compiles a condition to closures. `and` and `or` are cut apart and stop at the first operand that decides; paths to
 * codes compared with literals are walked directly, which is thirty times as fast as interpreting them; every other
 * operand is FHIRPath. Three-valued as FHIRPath is, except that an operand behind the deciding one is not looked at.
 */
export function compileCondition(text: string, leaf: CompileLeaf): Condition {
  const bare = withoutParens(text.trim());
  if (/\b(?:implies|xor)\b/.test(blank(bare))) return leaf(bare);
  const either = split(bare, 'or');
  if (either.length > 1) return anyOf(either.map((part) => compileCondition(part, leaf)));
  const both = split(bare, 'and');
  if (both.length > 1) return allOf(both.map((part) => compileCondition(part, leaf)));
  return simple(bare) ?? bound(bare, leaf) ?? leaf(bare);
}

function anyOf(parts: readonly Condition[]): Condition {
  return (scope) => {
    let answer: Truth = 'false';
    for (const part of parts) {
      const one = part(scope);
      if (one === 'true') return 'true';
      if (one === 'not-evaluable') answer = one;
    }
    return answer;
  };
}

function allOf(parts: readonly Condition[]): Condition {
  return (scope) => {
    let answer: Truth = 'true';
    for (const part of parts) {
      const one = part(scope);
      if (one === 'false') return 'false';
      if (one === 'not-evaluable') answer = one;
    }
    return answer;
  };
}

/** Last elements whose values are plain codes or texts: only these may be compared without FHIR's types. */
const PLAIN = new Set(['status', 'code', 'system', 'id', 'gender', 'reference', 'key', 'use', 'class']);
const CHOICES = new Set(Object.keys(r4.choiceTypePaths).map((path) => path.split('.').at(-1) ?? ''));
/** A choice in this type alone; everywhere else it is the code of a thing. */
const DEVICE_REQUEST = /^deviceRequests?$/;
const PATH = String.raw`%(event|doc|enrolment)((?:\.[a-zA-Z]\w*)+)`;
const TEXT = String.raw`'[^'\\]*'`;
const EQUALS = new RegExp(`^${PATH} = (${TEXT})$`);
const CONTAINS = new RegExp(`^${PATH} contains (${TEXT})$`);
const IN = new RegExp(String.raw`^${PATH} in \((${TEXT}(?: \| ${TEXT})*)\)$`);
const WITH_CODE = new RegExp(String.raw`^${PATH}\.where\((?:system = (${TEXT}) and )?code = (${TEXT})\)\.exists\(\)$`);

function simple(text: string): Condition | undefined {
  return equals(text) ?? contains(text) ?? isIn(text) ?? withCode(text) ?? someWhere(text);
}

function equals(text: string): Condition | undefined {
  const [, variable, path, literal] = EQUALS.exec(text) ?? [];
  const walk = walker(variable, path, true);
  if (walk === undefined || literal === undefined) return undefined;
  const wanted = literal.slice(1, -1);
  return (scope) => {
    const found = walk(scope);
    if (found.length === 0) return 'not-evaluable';
    return truthOf(found.length === 1 && found[0] === wanted);
  };
}

function contains(text: string): Condition | undefined {
  const [, variable, path, literal] = CONTAINS.exec(text) ?? [];
  const walk = walker(variable, path, true);
  if (walk === undefined || literal === undefined) return undefined;
  const wanted = literal.slice(1, -1);
  return (scope) => truthOf(walk(scope).includes(wanted));
}

function isIn(text: string): Condition | undefined {
  const [, variable, path, list] = IN.exec(text) ?? [];
  const walk = walker(variable, path, true);
  if (walk === undefined || list === undefined) return undefined;
  const wanted = list.split(' | ').map((literal) => literal.slice(1, -1));
  return (scope) => {
    const [value, ...more] = walk(scope);
    if (typeof value !== 'string' || more.length > 0) return 'not-evaluable';
    return truthOf(wanted.includes(value));
  };
}

function withCode(text: string): Condition | undefined {
  const [, variable, path, system, code] = WITH_CODE.exec(text) ?? [];
  const walk = walker(variable, path, false);
  if (walk === undefined || code === undefined) return undefined;
  const wanted = { code: code.slice(1, -1), system: system?.slice(1, -1) };
  return (scope) =>
    truthOf(
      walk(scope).some(
        (coding) =>
          isRecord(coding) &&
          coding['code'] === wanted.code &&
          (wanted.system === undefined || coding['system'] === wanted.system),
      ),
    );
}

/** True or false of one item of a list. */
type Predicate = (item: unknown) => boolean;

const SOME = new RegExp(String.raw`^${PATH}\.where\(_*\)\.exists\(\)$`);
const ITEM_EQUALS = new RegExp(String.raw`^((?:[a-zA-Z]\w*\.)*[a-zA-Z]\w*) = (${TEXT})$`);
const ITEM_CODE = new RegExp(
  String.raw`^((?:[a-zA-Z]\w*\.)*coding)\.where\(code(?: = (${TEXT})|\.startsWith\((${TEXT})\))\)\.exists\(\)$`,
);

/** `%doc.conditions.where(A and B).exists()` with conditions on codes of each item. */
function someWhere(text: string): Condition | undefined {
  const [, variable, path] = SOME.exec(blank(text)) ?? [];
  const walk = walker(variable, path, 'any');
  if (walk === undefined) return undefined;
  const inner = text.slice(text.indexOf('(') + 1, -').exists()'.length);
  if (split(inner, 'or').length > 1) return undefined;
  const predicates = split(inner, 'and').map(predicate);
  const all = predicates.filter((one) => one !== undefined);
  if (all.length < predicates.length) return undefined;
  return (scope) => truthOf(walk(scope).some((item) => all.every((holds) => holds(item))));
}

function predicate(text: string): Predicate | undefined {
  const [, path, literal] = ITEM_EQUALS.exec(text) ?? [];
  if (path !== undefined && literal !== undefined) {
    const names = namesOf(path, true);
    if (names === undefined) return undefined;
    const wanted = literal.slice(1, -1);
    return (item) => {
      const found = walkFrom(item, names);
      return found.length === 1 && found[0] === wanted;
    };
  }
  const [, codings, code, start] = ITEM_CODE.exec(text) ?? [];
  const names = codings === undefined ? undefined : namesOf(codings, false);
  if (names === undefined) return undefined;
  const wanted = (code ?? start ?? '').slice(1, -1);
  const meets = (value: unknown): boolean =>
    typeof value === 'string' && (code === undefined ? value.startsWith(wanted) : value === wanted);
  return (item) => walkFrom(item, names).some((coding) => isRecord(coding) && meets(coding['code']));
}

/** Walks plain members; undefined where a segment is a choice of types or the end is not a plain value. */
function walker(
  variable: string | undefined,
  path: string | undefined,
  end: boolean | 'any',
): ((scope: Scope) => readonly unknown[]) | undefined {
  if (variable !== 'event' && variable !== 'doc' && variable !== 'enrolment') return undefined;
  const names = namesOf((path ?? '').slice(1), end);
  return names === undefined ? undefined : (scope) => walkFrom(scope[variable], names);
}

/**
 * The members of a path; undefined where one is a choice of types.
 * @param end the last one: a plain value (true), a coding (false), or anything
 */
function namesOf(path: string, end: boolean | 'any'): readonly string[] | undefined {
  const names = path.split('.');
  const chosen = names.some((name) => DEVICE_REQUEST.test(name));
  if (names.some((name) => CHOICES.has(name) && (name !== 'code' || chosen))) return undefined;
  const last = names.at(-1) ?? '';
  if (end === true && !PLAIN.has(last)) return undefined;
  return end === false && last !== 'coding' ? undefined : names;
}

function walkFrom(start: unknown, names: readonly string[]): readonly unknown[] {
  let found: readonly unknown[] = [start];
  for (const name of names) {
    const next: unknown[] = [];
    for (const value of found) {
      const member = isRecord(value) ? (value[name] ?? undefined) : undefined;
      if (Array.isArray(member)) next.push(...(member as readonly unknown[]));
      else if (member !== undefined) next.push(member);
    }
    found = next;
  }
  return found;
}

const BOUND = /^%event\.observation\.value\.value (<|<=|>|>=) (\d+(?:\.\d+)?)$/;

/** The number of a result against a literal; what is not a plain Quantity is left to FHIRPath. */
function bound(text: string, leaf: CompileLeaf): Condition | undefined {
  const [, operator, literal] = BOUND.exec(text) ?? [];
  if (operator === undefined) return undefined;
  const limit = Number(literal);
  const interpreted = leaf(text);
  return (scope) => {
    const value = quantityOf(scope.event);
    return value === undefined ? interpreted(scope) : truthOf(compare(value, operator, limit));
  };
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator === '<') return value < limit;
  if (operator === '<=') return value <= limit;
  return operator === '>' ? value > limit : value >= limit;
}

/** `value` of the Quantity that is the only value of the Observation of an event. */
function quantityOf(event: unknown): number | undefined {
  const observation = isRecord(event) ? event['observation'] : undefined;
  if (!isRecord(observation) || observation['resourceType'] !== 'Observation') return undefined;
  const quantity = observation['valueQuantity'];
  const value = isRecord(quantity) ? quantity['value'] : undefined;
  if (typeof value !== 'number') return undefined;
  const values = Object.keys(observation).filter((name) => /^_?value[A-Z]/.test(name));
  return values.length === 1 ? value : undefined;
}

function truthOf(value: boolean): Truth {
  return value ? 'true' : 'false';
}

/** The text with everything in quotes and brackets blanked, so that only the outermost operators are seen. */
function blank(text: string): string {
  const plain = text.replaceAll(/'(?:[^'\\]|\\.)*'/g, (quoted) => '_'.repeat(quoted.length));
  let depth = 0;
  let outside = '';
  for (const char of plain) {
    if (char === ')' || char === ']') depth -= 1;
    outside += depth > 0 ? '_' : char;
    if (char === '(' || char === '[') depth += 1;
  }
  return outside;
}

function split(text: string, operator: 'and' | 'or'): readonly string[] {
  const outside = blank(text);
  const parts: string[] = [];
  let start = 0;
  for (const match of outside.matchAll(new RegExp(String.raw`\s${operator}\s`, 'g'))) {
    parts.push(text.slice(start, match.index));
    start = match.index + match[0].length;
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

/** `(a or b)` without its brackets, where they belong together. */
function withoutParens(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')') || blank(text).slice(1, -1).replaceAll('_', '') !== '') return text;
  return withoutParens(text.slice(1, -1).trim());
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
