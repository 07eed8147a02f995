import { err, ok, type Result } from '../../core/result.ts';
import type { Argument, Condition, Expression, PathExpression, SyntaxFault } from './ast.ts';
import { Cursor, plain } from './cursor.ts';
import { lex } from './lex.ts';

const NOTHING: Expression = { kind: 'literal', value: '', at: 0 };

function partNumber(cursor: Cursor): number | undefined {
  const token = cursor.acceptKind('part');
  return token === undefined ? undefined : Number(token.text.slice(1));
}

function selector(cursor: Cursor): { repetition?: number; filter?: Condition } {
  if (!cursor.accept('[')) return {};
  const number = cursor.acceptKind('number');
  const found = number === undefined ? { filter: anyOf(cursor) } : { repetition: Number(number.text) };
  cursor.expect(']');
  return found;
}

function components(cursor: Cursor): { component?: number; subcomponent?: number } {
  const component = partNumber(cursor);
  if (component === undefined) return {};
  const subcomponent = partNumber(cursor);
  return subcomponent === undefined ? { component } : { component, subcomponent };
}

function path(cursor: Cursor): PathExpression {
  const token = cursor.take();
  const [segment = '', field = '0'] = token.text.split('-');
  return {
    kind: 'path',
    segment,
    field: Number(field),
    ...selector(cursor),
    ...components(cursor),
    at: token.at,
  };
}

function reference(cursor: Cursor): Expression {
  const token = cursor.take();
  const all = cursor.accept('[');
  if (all) cursor.expect(']');
  const key = cursor.accept('.key');
  return { kind: 'reference', name: token.text.slice(1), all, key, at: token.at };
}

function primary(cursor: Cursor): Expression {
  const token = cursor.peek();
  switch (token.kind) {
    case 'path':
      return path(cursor);
    case 'reference':
      return reference(cursor);
    case 'part':
      return { kind: 'path', ...components(cursor), at: token.at };
    case 'string':
    case 'word':
    case 'number':
      cursor.take();
      return { kind: 'literal', value: plain(token), at: token.at };
    case 'symbol': {
      if (!cursor.accept('(')) break;
      const inner = expression(cursor);
      cursor.expect(')');
      return inner;
    }
    case 'end':
      break;
  }
  cursor.fail('expected an HL7 path, a literal or a $name');
  cursor.take();
  return NOTHING;
}

function argument(cursor: Cursor): Argument {
  const named = cursor.peek().kind === 'word' && cursor.peek(1).text === '=' ? cursor.take().text : undefined;
  if (named === undefined) return { value: expression(cursor) };
  cursor.take();
  return { name: named, value: expression(cursor) };
}

function args(cursor: Cursor): readonly Argument[] {
  if (!cursor.accept('(')) return [];
  if (cursor.accept(')')) return [];
  const list = [argument(cursor)];
  while (cursor.accept(',')) list.push(argument(cursor));
  cursor.expect(')');
  return list;
}

function piped(cursor: Cursor): Expression {
  let input = primary(cursor);
  while (cursor.accept('|')) {
    const name = cursor.acceptKind('word');
    if (name === undefined) cursor.fail('expected the name of a function');
    input = { kind: 'call', input, name: name?.text ?? '', args: args(cursor), at: name?.at ?? 0 };
  }
  return input;
}

function orElse(cursor: Cursor): Expression {
  const first = piped(cursor);
  if (cursor.peek().text !== '??') return first;
  const options = [first];
  while (cursor.accept('??')) options.push(piped(cursor));
  return { kind: 'else', options, at: first.at };
}

function expression(cursor: Cursor): Expression {
  const start = orElse(cursor);
  if (!cursor.accept('..')) return start;
  return { kind: 'period', start, end: orElse(cursor), at: start.at };
}

function literals(cursor: Cursor): readonly string[] {
  cursor.expect('(');
  const list: string[] = [];
  do {
    if (!['word', 'string', 'number'].includes(cursor.peek().kind)) cursor.fail('expected a value');
    list.push(plain(cursor.take()));
  } while (cursor.accept(','));
  cursor.expect(')');
  return list;
}

function pattern(cursor: Cursor): RegExp {
  const token = cursor.acceptKind('string');
  if (token === undefined) {
    cursor.fail('expected a pattern in quotes');
    return /(?:)/u;
  }
  try {
    return new RegExp(plain(token), 'u');
  } catch {
    cursor.fail(`"${plain(token)}" is not a regular expression`);
    return /(?:)/u;
  }
}

function comparison(cursor: Cursor): Condition {
  const token = cursor.peek();
  if (token.kind === 'word' && /^[A-Z][A-Z0-9]{2}$/u.test(token.text) && cursor.peek(1).text === 'exists') {
    cursor.take();
    cursor.take();
    return { kind: 'segment', name: token.text, at: token.at };
  }
  const of = orElse(cursor);
  if (cursor.accept('exists')) return { kind: 'exists', of };
  if (cursor.accept('==')) return { kind: 'in', of, values: [plain(cursor.take())] };
  if (cursor.accept('!=')) return { kind: 'not', part: { kind: 'in', of, values: [plain(cursor.take())] } };
  if (cursor.accept('in')) return { kind: 'in', of, values: literals(cursor) };
  if (cursor.accept('matches')) return { kind: 'matches', of, pattern: pattern(cursor) };
  cursor.fail('expected ==, !=, in, exists or matches');
  return { kind: 'exists', of };
}

function negation(cursor: Cursor): Condition {
  if (cursor.accept('not')) return { kind: 'not', part: negation(cursor) };
  if (cursor.accept('(')) {
    const inner = anyOf(cursor);
    cursor.expect(')');
    return inner;
  }
  return comparison(cursor);
}

function allOf(cursor: Cursor): Condition {
  const parts = [negation(cursor)];
  while (cursor.accept('and')) parts.push(negation(cursor));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
}

function anyOf(cursor: Cursor): Condition {
  const parts = [allOf(cursor)];
  while (cursor.accept('or')) parts.push(allOf(cursor));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
}

function whole<T>(text: string, rule: (cursor: Cursor) => T): Result<T, SyntaxFault> {
  const tokens = lex(text);
  if (!tokens.ok) return tokens;
  const cursor = new Cursor(tokens.value);
  const tree = rule(cursor);
  if (cursor.peek().kind !== 'end') cursor.fail('expected the end of the expression');
  return cursor.fault === undefined ? ok(tree) : err(cursor.fault);
}

/** Texts that were read before: parts are compiled for every message that includes them. */
function remembering<T>(rule: (cursor: Cursor) => T): (text: string) => Result<T, SyntaxFault> {
  const known = new Map<string, Result<T, SyntaxFault>>();
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const parsed = whole(text, rule);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, parsed);
    return parsed;
  };
}

const REMEMBERED = 5000;

/** Reads `OBX-14 ?? OBR-7`, `PID-8 | table(gender)`, `OBR-7 .. OBR-8`. */
export const parseExpression = remembering(expression);

/** Reads `OBX-3 exists and OBX-11 != "O"`. */
export const parseCondition = remembering(anyOf);
