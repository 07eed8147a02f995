import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { parseFhir } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { Query, Row, Store } from '../../store/port.ts';
import type { SearchDeps, SearchRequest } from './contract.ts';
import { sealCursor } from './cursor.ts';
import { includedRows, parseInclude, reverseIncludedRows, type Include } from './include.ts';
import { findMatches } from './matches.ts';
import { planSearch } from './plan.ts';
import { CURSOR, parseSearch, type SearchControls } from './request.ts';

/** One page of answers; rows are still to be shown (`showRows`). */
export interface SearchPage {
  readonly matches: readonly Row[];
  readonly included: readonly Row[];
  /** Exact number of matches, where it is known. */
  readonly total?: number;
  /** The parameters as understood, for the self link. */
  readonly query: readonly (readonly [string, string])[];
  /** Value of `_cursor` for the next page. */
  readonly next?: string;
}

/** Searches resources of one type (R4 search.html); a problem is the client's fault (400). */
export async function search(request: SearchRequest, deps: SearchDeps): Promise<Result<SearchPage, Problem>> {
  const parsed = parseSearch(request.parameters);
  if (!parsed.ok) return parsed;
  const { controls, query } = parsed.value;
  const includes = readIncludes(controls);
  if (!includes.ok) return includes;
  const plan = await planSearch(request, parsed.value, deps);
  if (!plan.ok) return plan;
  if (controls.countOnly) {
    const total = await countMatches(plan.value, deps.store);
    return total === undefined
      ? err(
          problem('fhir.search-unsupported', 'These matches cannot be counted without reading them.', {
            path: '_summary',
          }),
        )
      : ok({ matches: [], included: [], total, query });
  }
  const found = await findMatches(plan.value, deps.store);
  const total = await totalOf(plan.value, { ...found, controls }, deps.store);
  const resources = found.rows.length > 0 && hasIncludes(includes.value) ? found.rows.map(resourceOf) : [];
  const included = [
    ...(await includedRows(resources, includes.value.include, deps)),
    ...(await reverseIncludedRows(resources, includes.value.revInclude, deps)),
  ];
  return ok({
    matches: found.rows,
    included: distinct(included, found.rows),
    query,
    ...(total === undefined ? {} : { total }),
    ...(found.next === undefined ? {} : { next: sealCursor(found.next, plan.value.name, deps.cursorKey) }),
  });
}

/** The parameter that carries the next page. */
export const CURSOR_PARAMETER = CURSOR;

interface Includes {
  readonly include: readonly Include[];
  readonly revInclude: readonly Include[];
}

function readIncludes(controls: SearchControls): Result<Includes, Problem> {
  const include: Include[] = [];
  const revInclude: Include[] = [];
  for (const text of controls.include) {
    const read = parseInclude(text, '_include');
    if (!read.ok) return read;
    include.push(read.value);
  }
  for (const text of controls.revInclude) {
    const read = parseInclude(text, '_revinclude');
    if (!read.ok) return read;
    revInclude.push(read.value);
  }
  return ok({ include, revInclude });
}

const hasIncludes = ({ include, revInclude }: Includes): boolean => include.length + revInclude.length > 0;

interface Plan {
  readonly query: Query;
  readonly ids?: readonly string[] | undefined;
  readonly residual?: unknown;
}

async function countMatches({ query, ids, residual }: Plan, store: Store): Promise<number | undefined> {
  return ids === undefined && residual === undefined ? store.count('resources', query) : undefined;
}

/** Exact where everything is on this page, or where the client asks and the index can tell. */
async function totalOf(
  plan: Plan & { readonly after?: string | undefined },
  found: { readonly rows: readonly Row[]; readonly next?: string; readonly controls: SearchControls },
  store: Store,
): Promise<number | undefined> {
  if (found.controls.total === 'none') return undefined;
  if (found.next === undefined && plan.after === undefined) return found.rows.length;
  return found.controls.total === undefined ? undefined : countMatches(plan, store);
}

function distinct(rows: readonly Row[], matches: readonly Row[]): readonly Row[] {
  const known = new Set(matches.map(({ id }) => id));
  return rows.filter(({ id }) => !known.has(id) && known.add(id));
}

// Rows of `resources` hold JSON text that we wrote ourselves.
const resourceOf = ({ body }: Row): FhirResource => parseFhir(typeof body === 'string' ? body : '{}') as FhirResource;
