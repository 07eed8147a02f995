import { err, ok, type Result } from '../../core/result.ts';
import type { SyntaxFault } from './ast.ts';
import { Cursor, plain } from './cursor.ts';
import { cut, type Rules } from './lex.ts';

/** Reads one thing from where the cursor stands. */
export type Rule<T> = (cursor: Cursor) => T;

/** A condition made of others. */
type Joined<Condition> =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition };

/**
 * `A and not (B or C)` over the comparisons of a language.
 * @param made the condition of the language that such a one is
 */
export function logic<Condition>(
  comparison: Rule<Condition>,
  made: (joined: Joined<Condition>) => Condition,
): Rule<Condition> {
  const negation: Rule<Condition> = (cursor) => {
    if (cursor.accept('not')) return made({ kind: 'not', part: negation(cursor) });
    if (!cursor.accept('(')) return comparison(cursor);
    const inner = anyOf(cursor);
    cursor.expect(')');
    return inner;
  };
  const joined = (cursor: Cursor, kind: 'and' | 'or', part: Rule<Condition>): Condition => {
    const first = part(cursor);
    const parts = [first];
    while (cursor.accept(kind)) parts.push(part(cursor));
    return parts.length === 1 ? first : made({ kind, parts });
  };
  const allOf: Rule<Condition> = (cursor) => joined(cursor, 'and', negation);
  const anyOf: Rule<Condition> = (cursor) => joined(cursor, 'or', allOf);
  return anyOf;
}

/** A regular expression in quotes, behind `matches`. */
export function pattern(cursor: Cursor): RegExp {
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

/** Most texts that a reader remembers: parts are compiled for every message that includes them. */
const REMEMBERED = 5000;

/** A reader of whole texts of a language, which remembers what it read. */
export function reader<T>(words: Rules, rule: Rule<T>): (text: string) => Result<T, SyntaxFault> {
  const known = new Map<string, Result<T, SyntaxFault>>();
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const read = whole(text, words, rule);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, read);
    return read;
  };
}

function whole<T>(text: string, words: Rules, rule: Rule<T>): Result<T, SyntaxFault> {
  const tokens = cut(text, words);
  if (!tokens.ok) return tokens;
  const cursor = new Cursor(tokens.value);
  const tree = rule(cursor);
  if (cursor.peek().kind !== 'end') cursor.fail('expected the end of the expression');
  return cursor.fault === undefined ? ok(tree) : err(cursor.fault);
}
