import { err, ok, type Result } from '../../../core/result.ts';
import type { SyntaxFault } from '../../language/ast.ts';
import type { Token, TokenKind } from '../../language/lex.ts';

const RULES: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['string', /'[^']*'|"[^"]*"/y],
  ['word', /(?:https?:|urn:)[^\s,()|[\]]+/y],
  ['reference', /\$[A-Za-z]\w*/y],
  ['symbol', /->|\?\?|==|!=|[|(),[\].]/y],
  ['word', /[\p{L}_](?:[\p{L}\p{N}_/+:]|-(?!>))*/uy],
  ['number', /\d+/y],
];

/** Cuts an outbound expression into words; the last one is always `end`. */
export function lex(text: string): Result<readonly Token[], SyntaxFault> {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = next(text, at);
    if (found === undefined) return err({ message: `"${text.slice(at, at + 1)}" is not part of the language`, at });
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text, at });
    at += found.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return ok(tokens);
}

function next(text: string, at: number): { kind: TokenKind | 'space'; text: string } | undefined {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found };
  }
  return undefined;
}
