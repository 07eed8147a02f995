import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Why a row of the guide is not mapped as it says. */
export interface Reason {
  readonly kind: 'different' | 'no-place';
  readonly text: string;
}

/** The rows of docs/guide-differences.yaml, which know whether they were needed. */
export class Differences {
  readonly #reasons: ReadonlyMap<string, string>;
  readonly #errata: ReadonlyMap<string, string>;
  readonly #urls: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  constructor(data: unknown) {
    const parts = new Map(entries(data));
    const errata = new Map(entries(parts.get('errata')));
    this.#urls = new Map(entries(errata.get('urls')).map(([wrong, right]) => [wrong, String(right)]));
    errata.delete('urls');
    parts.delete('errata');
    this.#reasons = rowsOf(parts);
    this.#errata = rowsOf(errata);
  }

  /** The reason of a row: of its field and element, else of its field, else of its whole sheet. */
  find(part: string, sheet: string, keys: readonly string[]): Reason | undefined {
    return this.#first(part, sheet, [...keys, '*']);
  }

  /** The reason why a row is not followed though another rule does what it says (`!`, `!FIELD element`). */
  forced(part: string, sheet: string, key: string): Reason | undefined {
    return this.#first(part, sheet, [`!${key}`, '!']);
  }

  #first(part: string, sheet: string, keys: readonly string[]): Reason | undefined {
    for (const key of keys) {
      const text = this.#reasons.get(`${part} ${sheet} ${key}`);
      if (text === undefined) continue;
      this.#used.add(`${part} ${sheet} ${key}`);
      return text.startsWith('R4: ') ? { kind: 'no-place', text: text.slice(4) } : { kind: 'different', text };
    }
    return undefined;
  }

  /** What the guide means by an element that it misspells (`FIELD element`), as it writes elements; undefined where it does not. */
  corrected(part: string, sheet: string, key: string): string | undefined {
    const text = this.#errata.get(`${part} ${sheet} ${key}`);
    if (text !== undefined) this.#used.add(`errata ${part} ${sheet} ${key}`);
    return text;
  }

  /** The URL as HL7 publishes it, where the guide names another. */
  url(named: string | undefined): string | undefined {
    const right = named === undefined ? undefined : this.#urls.get(named);
    if (right !== undefined) this.#used.add(`errata urls ${named}`);
    return right ?? named;
  }

  /** Reasons and corrections that no row needs: the row is mapped by now, or there is no such row. */
  get unused(): readonly string[] {
    const errata = [...this.#errata.keys(), ...[...this.#urls.keys()].map((url) => `urls ${url}`)];
    return [...this.#reasons.keys(), ...errata.map((key) => `errata ${key}`)].filter((key) => !this.#used.has(key));
  }
}

/** `{ part: { sheet: { row: text } } }` as `part sheet row` to text. */
function rowsOf(parts: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  return new Map(
    [...parts].flatMap(([part, sheets]) =>
      entries(sheets).flatMap(([sheet, rows]) =>
        entries(rows).map(([row, text]) => [`${part} ${sheet} ${row}`, String(text)] as const),
      ),
    ),
  );
}

function entries(data: unknown): readonly (readonly [string, unknown])[] {
  return typeof data === 'object' && data !== null ? Object.entries(data) : [];
}

/** Reads the file; empty where there is none. */
export async function readDifferences(file: string): Promise<Differences> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return new Differences(parse(text));
}
