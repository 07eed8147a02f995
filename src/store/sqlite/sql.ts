import type { SqlValue } from './binding.ts';

/** A piece of SQL with its parameters. */
export interface Sql {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

/** A piece of SQL. */
export function sql(text: string, ...params: readonly SqlValue[]): Sql {
  return { text, params };
}

/** Pieces joined by a word. */
function join(parts: readonly Sql[], by: string): Sql {
  return { text: parts.map(({ text }) => text).join(by), params: parts.flatMap(({ params }) => params) };
}

/** True if every piece is; nothing is true. */
export function every(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql('1') : join(parts, ' AND ');
}

/** True if any piece is; nothing is false. */
export function any(parts: readonly Sql[]): Sql {
  if (parts.length === 0) return sql('0');
  const { text, params } = join(parts, ' OR ');
  return { text: `(${text})`, params };
}

/** A piece inside a text in which `%` marks its place. */
export function wrap(frame: string, { text, params }: Sql): Sql {
  return { text: frame.replace('%', () => text), params };
}

/** `?, ?, ?` */
export function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
