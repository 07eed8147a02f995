const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/** Walks over the members of a JSON object in a text of our own (no white space, no escapes in names) without parsing it. */
export class JsonMembers {
  readonly #text: string;
  #at = 1;
  #name = '';

  constructor(text: string) {
    this.#text = text;
  }

  /** Name of the member that the walk stands on. */
  get name(): string {
    return this.#name;
  }

  /** Goes on to the next member; false after the last one. The value of the one before must have been passed. */
  next(): boolean {
    const text = this.#text;
    if (text.charCodeAt(this.#at) === COMMA) this.#at += 1;
    if (text.charCodeAt(this.#at) !== QUOTE) return false;
    const end = text.indexOf('"', this.#at + 1);
    this.#name = text.slice(this.#at + 1, end);
    this.#at = end + 2;
    return true;
  }

  /** Passes the value where it is this text. */
  passes(value: string): boolean {
    const end = this.#at + value.length;
    if (!this.#text.startsWith(value, this.#at)) return false;
    // `6.9` is the beginning of `6.95`.
    const after = this.#text.charCodeAt(end);
    if (after !== COMMA && !CLOSING.has(after)) return false;
    this.#at = end;
    return true;
  }

  /** Passes the value, whatever it is, and returns its text. */
  pass(): string {
    const from = this.#at;
    this.#at = valueEnd(this.#text, from);
    return this.#text.slice(from, this.#at);
  }
}

/** Where the value that begins at `from` ends. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (OPENING.has(code)) depth += 1;
    else if (depth === 0 && (code === COMMA || CLOSING.has(code))) return at;
    else if (CLOSING.has(code)) depth -= 1;
  }
  return text.length;
}

/** Where the closing quote of the string that begins at `from` stands. */
function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
