import type { SyntaxFault } from './ast.ts';
import type { Token, TokenKind } from './lex.ts';

const END: Token = { kind: 'end', text: '', at: 0 };

/** Where a parser stands in the words of an expression, and the first fault that it met. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #index = 0;
  #fault: SyntaxFault | undefined;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get fault(): SyntaxFault | undefined {
    return this.#fault;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? END;
  }

  take(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** Takes the next word if it is this one. */
  accept(text: string): boolean {
    const token = this.peek();
    if (token.text !== text || (token.kind !== 'symbol' && token.kind !== 'word')) return false;
    this.#index += 1;
    return true;
  }

  /** Takes the next word if it is of this kind. */
  acceptKind(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.take() : undefined;
  }

  /** Takes this word or notes that it is missing. */
  expect(text: string): boolean {
    return this.accept(text) || this.fail(`expected "${text}"`);
  }

  /** Notes a fault (the first one counts). */
  fail(message: string): false {
    const { text, at } = this.peek();
    this.#fault ??= { message: `${message}, found ${text === '' ? 'the end' : `"${text}"`}`, at };
    return false;
  }
}

/** A string literal without its quotes, any other word as it is. */
export function plain(token: Token): string {
  return token.kind === 'string' ? token.text.slice(1, -1) : token.text;
}
