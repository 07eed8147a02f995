import { err, ok, type Result } from '../../core/result.ts';
import type { SyntaxFault } from './ast.ts';

/** Kinds of words of the expression language. */
export type TokenKind = 'path' | 'reference' | 'string' | 'part' | 'number' | 'word' | 'symbol' | 'end';

/** One word of an expression. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** Words by their forms, in the order in which they are tried; each form is sticky. */
export type Rules = readonly (readonly [TokenKind | 'space', RegExp])[];

/** Words of the language of mappings. */
export const WORDS: Rules = [
  ['space', /\s+/y],
  ['string', /'[^']*'|"[^"]*"/y],
  ['word', /(?:https?:|urn:)[^\s,()|[\]]+/y],
  ['path', /[A-Z][A-Z0-9]{2}-\d+/y],
  ['reference', /\$[A-Za-z]\w*/y],
  ['symbol', /\.\.|\?\?|==|!=|\.key\b|[|(),[\]=]/y],
  ['part', /\.\d+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_:/+-]*/uy],
  ['number', /\d+/y],
];

function next(rules: Rules, text: string, at: number): { kind: TokenKind | 'space'; text: string } | undefined {
  for (const [kind, rule] of rules) {
    rule.lastIndex = at;
    const found = rule.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found };
  }
  return undefined;
}

/** Cuts an expression into the words of a language; the last one is always `end`. */
export function cut(text: string, rules: Rules): Result<readonly Token[], SyntaxFault> {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = next(rules, text, at);
    if (found === undefined) return err({ message: `"${text.slice(at, at + 1)}" is not part of the language`, at });
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text, at });
    at += found.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return ok(tokens);
}
