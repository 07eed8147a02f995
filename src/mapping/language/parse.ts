import type { Argument, Condition, Expression, PathExpression } from './ast.ts';
import { plain, type Cursor } from './cursor.ts';
import { logic, pattern, reader, type Rule } from './grammar.ts';
import { WORDS } from './lex.ts';

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

const anyOf: Rule<Condition> = logic(comparison, (joined) => joined);

/** Reads `OBX-14 ?? OBR-7`, `PID-8 | table(gender)`, `OBR-7 .. OBR-8`. */
export const parseExpression = reader(WORDS, expression);

/** Reads `OBX-3 exists and OBX-11 != "O"`. */
export const parseCondition = reader(WORDS, anyOf);
