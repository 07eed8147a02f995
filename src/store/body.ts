import type { Row } from './port.ts';

/** Text body of a row of a `text` collection; `''` where the body is of another kind. */
export function textOf(row: Pick<Row, 'body'>): string {
  return typeof row.body === 'string' ? row.body : '';
}

/** The parsed JSON of a text body. The type is the writer's promise: each collection has one writer. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what its own writer wrote
export function jsonOf<T>(row: Pick<Row, 'body'>): T {
  return JSON.parse(textOf(row)) as T;
}
