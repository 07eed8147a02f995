import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** One `name:modifier=value,value` of a search. */
export interface SearchTerm {
  readonly name: string;
  readonly modifier?: string;
  /** Alternatives, still escaped (`\,` `\|` `\$` `\\`). */
  readonly values: readonly string[];
}

/** What a search asks for beside its terms. */
export interface SearchControls {
  /** Matches on a page. */
  readonly count: number;
  readonly sort: readonly { readonly code: string; readonly descending: boolean }[];
  readonly include: readonly string[];
  readonly revInclude: readonly string[];
  readonly total: 'none' | 'estimate' | 'accurate' | undefined;
  /** `_summary=count`: no resources. */
  readonly countOnly: boolean;
  readonly cursor: string | undefined;
}

/** A search taken apart, without knowledge of its type. */
export interface ParsedSearch {
  readonly terms: readonly SearchTerm[];
  readonly controls: SearchControls;
  /** The parameters as sent, without the cursor: for links. */
  readonly query: readonly (readonly [string, string])[];
}

/** Our own parameter for the next page. */
export const CURSOR = '_cursor';
const DEFAULT_COUNT = 50;
const MAX_COUNT = 500;

/** Handled by whoever shows the result, not by the search. */
const PRESENTATION: ReadonlySet<string> = new Set(['_format', '_pretty', '_summary', '_elements']);
const CONTROLS: ReadonlySet<string> = new Set(['_count', '_sort', '_include', '_revinclude', '_total', CURSOR]);

/** Takes a query string (or a form body) apart. */
export function parseSearch(parameters: Iterable<readonly [string, string]>): Result<ParsedSearch, Problem> {
  const query = [...parameters].map(([name, value]) => [name, value] as const);
  const terms: SearchTerm[] = [];
  const controls = new Map<string, string[]>();
  for (const [name, value] of query) {
    if (PRESENTATION.has(name) || CONTROLS.has(name)) controls.set(name, [...(controls.get(name) ?? []), value]);
    else if (/^_(include|revinclude):/.test(name)) {
      return err(
        problem('fhir.search-unsupported', 'Includes are not repeated over their own results.', { path: name }),
      );
    } else if (value !== '') terms.push(termOf(name, value));
  }
  const read = readControls(controls);
  if (!read.ok) return read;
  return ok({ terms, controls: read.value, query: query.filter(([name]) => name !== CURSOR) });
}

function termOf(name: string, value: string): SearchTerm {
  const colon = name.indexOf(':');
  const values = splitEscaped(value, ',');
  if (colon === -1) return { name, values };
  return { name: name.slice(0, colon), modifier: name.slice(colon + 1), values };
}

function readControls(given: ReadonlyMap<string, readonly string[]>): Result<SearchControls, Problem> {
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  const count = last('_count') ?? String(DEFAULT_COUNT);
  if (!/^\d{1,9}$/.test(count)) return invalid('_count', 'A whole number is expected.');
  const total = last('_total');
  if (total !== undefined && !isTotal(total)) return invalid('_total', 'One of none, estimate, accurate is expected.');
  const sort = (last('_sort') ?? '').split(',').filter((code) => code !== '');
  return ok({
    count: Math.min(Number(count), MAX_COUNT),
    sort: sort.map((code) => ({ code: code.replace(/^-/, ''), descending: code.startsWith('-') })),
    include: given.get('_include') ?? [],
    revInclude: given.get('_revinclude') ?? [],
    total,
    countOnly: last('_summary') === 'count' || Number(count) === 0,
    cursor: last(CURSOR),
  });
}

function isTotal(text: string): text is 'none' | 'estimate' | 'accurate' {
  return text === 'none' || text === 'estimate' || text === 'accurate';
}

function invalid(path: string, message: string): Result<never, Problem> {
  return err(problem('fhir.search-value-invalid', message, { path }));
}

/** Splits at a separator that no backslash stands before; the escapes stay (R4 search.html#escaping). */
export function splitEscaped(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** A value without its escapes. */
export function unescapeValue(text: string): string {
  return text.replaceAll(/\\([\\,|$])/g, '$1');
}
