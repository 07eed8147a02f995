import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Why a row of the guide is not mapped as it says. */
export interface Reason {
  readonly kind: 'different' | 'no-place';
  readonly text: string;
}

/** The rows of docs/guide-differences.yaml, which know whether they were needed. */
export class Differences {
  readonly #reasons = new Map<string, string>();
  readonly #used = new Set<string>();

  constructor(data: unknown) {
    for (const [part, sheets] of entries(data)) {
      for (const [sheet, rows] of entries(sheets)) {
        for (const [row, reason] of entries(rows)) this.#reasons.set(`${part} ${sheet} ${row}`, String(reason));
      }
    }
  }

  /** The reason of a row: of its field and element, else of its field, else of its whole sheet. */
  find(part: string, sheet: string, keys: readonly string[]): Reason | undefined {
    for (const key of [...keys, '*']) {
      const text = this.#reasons.get(`${part} ${sheet} ${key}`);
      if (text === undefined) continue;
      this.#used.add(`${part} ${sheet} ${key}`);
      return text.startsWith('R4: ') ? { kind: 'no-place', text: text.slice(4) } : { kind: 'different', text };
    }
    return undefined;
  }

  /** Reasons that no row needs: the row is mapped by now, or there is no such row. */
  get unused(): readonly string[] {
    return [...this.#reasons.keys()].filter((key) => !this.#used.has(key));
  }
}

function entries(data: unknown): readonly (readonly [string, unknown])[] {
  return typeof data === 'object' && data !== null ? Object.entries(data) : [];
}

/** Reads the file; empty where there is none. */
export async function readDifferences(file: string): Promise<Differences> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return new Differences(parse(text));
}
