import type { Draft } from '../store/draft.ts';
import type { Query, Row } from '../store/port.ts';
import { compartmentKey } from './versions.ts';

/** Rows on one page of a read that wants them all. */
const PAGE = 500;
/** More than one message makes of one patient. */
const MOST = 10_000;

/** Every current row of these types in the compartments of these source records, as the draft leaves them. */
export async function compartmentRows(
  draft: Draft,
  recs: readonly string[],
  types: readonly string[],
): Promise<readonly Row[]> {
  if (recs.length === 0 || types.length === 0) return [];
  const query = compartmentQuery(recs, types);
  if (!recs.every((rec) => draft.isNew(rec))) return allRows(draft, query);
  return (await draft.findOwn('resources', { ...query, limit: MOST })).rows;
}

/** What finds the rows of these types in the compartments of these source records. */
export function compartmentQuery(recs: readonly string[], types: readonly string[]): Query {
  return { all: [recs.flatMap((rec) => types.map((type) => compartmentKey(rec, type)))] };
}

/** Every row of `resources` that a query finds, page by page, with what the draft is about to write. */
export async function allRows(draft: Draft, query: Query): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ;) {
    const page = await draft.find('resources', { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = page.next;
  }
}
