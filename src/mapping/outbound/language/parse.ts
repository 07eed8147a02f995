import { plain, type Cursor } from '../../language/cursor.ts';
import { logic, pattern, reader, type Rule } from '../../language/grammar.ts';
import type { Condition, Expression, Root, Step } from './ast.ts';
import { OUTBOUND_WORDS } from './words.ts';

const NOTHING: Expression = { kind: 'literal', value: '', at: 0 };
const VALUES = ['word', 'string', 'number'];

function word(cursor: Cursor, what: string): string {
  const token = cursor.acceptKind('word');
  if (token === undefined) cursor.fail(`expected ${what}`);
  return token?.text ?? '';
}

function bracket(cursor: Cursor, at: number): Step {
  const number = cursor.acceptKind('number');
  const step: Step =
    number === undefined ? { kind: 'filter', test: anyOf(cursor), at } : { kind: 'nth', n: Number(number.text), at };
  cursor.expect(']');
  return step;
}

function steps(cursor: Cursor): readonly Step[] {
  const list: Step[] = [];
  for (;;) {
    const { at } = cursor.peek();
    if (cursor.accept('.')) list.push({ kind: 'element', name: word(cursor, 'the name of an element'), at: at + 1 });
    else if (cursor.accept('->')) list.push({ kind: 'follow', type: word(cursor, 'a resource type'), at: at + 2 });
    else if (cursor.accept('[')) list.push(bracket(cursor, at + 1));
    else return list;
  }
}

function path(cursor: Cursor, root: Root, first: readonly Step[], at: number): Expression {
  return { kind: 'path', root, steps: [...first, ...steps(cursor)], at };
}

function named(cursor: Cursor): Expression {
  const { text, at } = cursor.take();
  switch (text) {
    case '$index':
      return { kind: 'index', at };
    case '$now':
      return { kind: 'now', at };
    case '$holder':
      return path(cursor, { kind: 'holder' }, [], at);
    case '$this':
      return path(cursor, { kind: 'focus' }, [], at);
    default:
      return path(cursor, { kind: 'name', name: text.slice(1) }, [], at);
  }
}

/** Codes of HL7 are all capitals, resource types begin with one, elements begin small. */
function started(cursor: Cursor): Expression {
  const { text, at } = cursor.take();
  if (/^[A-Z][A-Z0-9_]*$/u.test(text)) return { kind: 'literal', value: text, at };
  if (/^[A-Z]/u.test(text)) return path(cursor, { kind: 'type', type: text }, [], at);
  return path(cursor, { kind: 'focus' }, [{ kind: 'element', name: text, at }], at);
}

function primary(cursor: Cursor): Expression {
  const token = cursor.peek();
  switch (token.kind) {
    case 'reference':
      return named(cursor);
    case 'word':
      return started(cursor);
    case 'string':
    case 'number':
      cursor.take();
      return { kind: 'literal', value: plain(token), at: token.at };
    default: {
      if (cursor.accept('(')) {
        const inner = expression(cursor);
        cursor.expect(')');
        return inner;
      }
      cursor.fail('expected an element, a literal in quotes or a $name');
      cursor.take();
      return NOTHING;
    }
  }
}

function literals(cursor: Cursor): readonly string[] {
  const list: string[] = [];
  do {
    if (!VALUES.includes(cursor.peek().kind)) cursor.fail('expected a value');
    list.push(plain(cursor.take()));
  } while (cursor.accept(','));
  cursor.expect(')');
  return list;
}

function args(cursor: Cursor): readonly string[] {
  if (!cursor.accept('(') || cursor.accept(')')) return [];
  return literals(cursor);
}

function piped(cursor: Cursor): Expression {
  let input = primary(cursor);
  while (cursor.accept('|')) {
    const { at } = cursor.peek();
    input = { kind: 'call', input, name: word(cursor, 'the name of a function'), args: args(cursor), at };
  }
  return input;
}

function expression(cursor: Cursor): Expression {
  const first = piped(cursor);
  if (cursor.peek().text !== '??') return first;
  const options = [first];
  while (cursor.accept('??')) options.push(piped(cursor));
  return { kind: 'else', options, at: first.at };
}

/** `$patient` means that resource, `$holder.code` the value there. */
function comparedTo(cursor: Cursor, of: Expression): Condition {
  const { text, at } = cursor.peek();
  const to = named(cursor);
  const isName = to.kind === 'path' && to.root.kind === 'name' && to.steps.length === 0;
  return isName ? { kind: 'same', of, name: text.slice(1), at } : { kind: 'equal', of, to };
}

/** A value behind `==`: a literal, or a named resource. */
function compared(cursor: Cursor, of: Expression): Condition {
  if (cursor.peek().kind === 'reference') return comparedTo(cursor, of);
  const token = cursor.take();
  if (!VALUES.includes(token.kind)) cursor.fail('expected a value');
  return { kind: 'in', of, values: [plain(token)] };
}

function comparison(cursor: Cursor): Condition {
  const of = expression(cursor);
  const { at } = cursor.peek();
  if (cursor.accept('exists')) return { kind: 'exists', of };
  if (cursor.accept('==')) return compared(cursor, of);
  if (cursor.accept('!=')) return { kind: 'not', part: compared(cursor, of) };
  if (cursor.accept('matches')) return { kind: 'matches', of, pattern: pattern(cursor) };
  if (cursor.accept('is')) return { kind: 'is', of, type: word(cursor, 'a type'), at };
  if (cursor.accept('in')) {
    cursor.expect('(');
    return { kind: 'in', of, values: literals(cursor) };
  }
  cursor.fail('expected ==, !=, in, is, exists or matches');
  return { kind: 'exists', of };
}

const anyOf: Rule<Condition> = logic(comparison, (joined) => joined);

/** Reads `identifier[type.coding.code == VN]`, `gender | table(gender)`, `$order.code ?? code`. */
export const parseExpression = reader(OUTBOUND_WORDS, expression);

/** Reads `actor is Location and status != declined`. */
export const parseCondition = reader(OUTBOUND_WORDS, anyOf);
