import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isIndexed } from '../../fhir/extract.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { parametersOf } from '../../fhir/search-parameters.ts';
import type { Order, Query } from '../../store/port.ts';
import { causeKey } from '../versions.ts';
import type { Asked, Prefix } from './comparison.ts';
import { compileTerm } from './compile-term.ts';
import { openCursor } from './cursor.ts';
import { NOTHING, type Filter, type FilterContext } from './filter.ts';
import { readDate } from './ordered-value.ts';
import type { ParsedSearch, SearchTerm } from './request.ts';
import type { SearchDeps, SearchRequest } from './contract.ts';

/** A search ready to run. */
export interface SearchPlan {
  /** Names the search: cursors are good for it alone. */
  readonly name: string;
  readonly type: string;
  readonly zone: string;
  /** Without `after` and `limit`. */
  readonly query: Query;
  readonly order: readonly Order[];
  readonly after: string | undefined;
  readonly count: number;
  /** Rows that `_id` names: they are read, not searched. */
  readonly ids: readonly string[] | undefined;
  /** What only the resource itself can tell. */
  readonly residual: ((resource: FhirResource) => boolean) | undefined;
}

const CAUSE = 'urn:jingluo:message:';

/** Compiles every term of a search into one query. */
export async function planSearch(
  request: SearchRequest,
  { terms, controls, query: sent }: ParsedSearch,
  deps: SearchDeps,
): Promise<Result<SearchPlan, Problem>> {
  const { type } = request;
  const context: FilterContext = {
    type,
    zone: deps.zone,
    now: request.now,
    base: request.base,
    members: async (id) => (await deps.personOf(id))?.members ?? [id],
  };
  const filters: Filter[] = [{ query: { where: [{ field: 'type', op: 'eq', value: type }] } }];
  let ids: readonly string[] | undefined;
  for (const term of terms) {
    if (term.name === '_id' && term.modifier === undefined) {
      const named = await idsOf(term, type, deps);
      ids = ids === undefined ? named : ids.filter((id) => named.includes(id));
      continue;
    }
    const filter = await compileOwn(term, context);
    if (!filter.ok) return filter;
    filters.push(filter.value);
  }
  const order = orderOf(controls.sort, type);
  if (!order.ok) return order;
  const name = JSON.stringify([type, sent]);
  const after = controls.cursor === undefined ? undefined : openCursor(controls.cursor, name, deps.cursorKey);
  if (after === undefined && controls.cursor !== undefined) {
    return err(problem('fhir.search-cursor-invalid', 'The page cursor does not belong to this search.'));
  }
  const { zone } = deps;
  const [query, residual] = [merged(filters, order.value), residualOf(filters)];
  return ok({ name, type, zone, query, order: order.value, after, count: controls.count, ids, residual });
}

/** Patients are found as their person's lead, whichever member is named. */
async function idsOf({ values }: SearchTerm, type: string, deps: SearchDeps): Promise<readonly string[]> {
  const ids = await Promise.all(
    values.map(async (id) => (type === 'Patient' ? ((await deps.personOf(id))?.id ?? id) : id)),
  );
  return [...new Set(ids)].map((id) => `${type}/${id}`);
}

/** Parameters that the row's own fields and keys answer. */
function compileOwn(
  term: SearchTerm,
  context: FilterContext,
): Promise<Result<Filter, Problem>> | Result<Filter, Problem> {
  if (term.modifier !== undefined) return compileTerm(term, context);
  if (term.name === '_lastUpdated') return lastUpdated(term, context);
  if (term.name !== '_source') return compileTerm(term, context);
  const keys = term.values.map((value) => (value.startsWith(CAUSE) ? causeKey(value.slice(CAUSE.length)) : NOTHING));
  return ok({ query: { all: [keys] } });
}

function lastUpdated({ name, values }: SearchTerm, context: FilterContext): Result<Filter, Problem> {
  const asked = values.length === 1 ? readDate(values[0] ?? '', context) : undefined;
  if (asked === undefined) {
    const message = 'One date, optionally with a prefix such as ge, is expected.';
    return err(problem('fhir.search-value-invalid', message, { path: name }));
  }
  const [prefix, interval] = asked;
  const terms = UPDATED[prefix]?.(interval);
  if (terms === undefined) {
    return err(problem('fhir.search-unsupported', `The prefix ${prefix} is not supported here.`, { path: name }));
  }
  return ok({
    query: { where: terms.map(([op, value]) => ({ field: 'lastUpdated', op, value: new Date(value) })) },
  });
}

type Bound = readonly ['lt' | 'ge', number];

/** A time of change is a point: it lies before, in or after what is asked. */
const UPDATED: Partial<Record<Prefix, (asked: Asked) => readonly Bound[]>> = {
  eq: ({ low, high }) => [
    ['ge', low],
    ['lt', high],
  ],
  ap: ({ around: [low, high] }) => [
    ['ge', low],
    ['lt', high],
  ],
  gt: ({ high }) => [['ge', high]],
  sa: ({ high }) => [['ge', high]],
  ge: ({ low }) => [['ge', low]],
  lt: ({ low }) => [['lt', low]],
  eb: ({ low }) => [['lt', low]],
  le: ({ high }) => [['lt', high]],
};

/** Sorts by what the store can order: time of change, dates, numbers. */
function orderOf(
  sort: readonly { readonly code: string; readonly descending: boolean }[],
  type: string,
): Result<readonly Order[], Problem> {
  const order: Order[] = [];
  for (const { code, descending } of sort) {
    if (code === '_id') continue;
    const parameter = parametersOf(type).get(code);
    const ranged = parameter !== undefined && isIndexed(parameter) && /^(date|number|quantity)$/.test(parameter.type);
    if (code !== '_lastUpdated' && !ranged) {
      const known = [...parametersOf(type).values()].filter((one) => isIndexed(one) && one.type === 'date');
      const names = ['_lastUpdated', '_id', ...known.map((one) => one.code)].join(', ');
      return err(
        problem('fhir.search-unsupported', `Sorting by it is not supported; supported: ${names}.`, { path: '_sort' }),
      );
    }
    order.push({ field: code === '_lastUpdated' ? 'lastUpdated' : code, ...(descending ? { descending } : {}) });
  }
  return ok(order);
}

function merged(filters: readonly Filter[], order: readonly Order[]): Query {
  const queries = filters.map(({ query }) => query);
  return {
    all: queries.flatMap(({ all = [] }) => all),
    none: queries.flatMap(({ none = [] }) => none),
    prefix: queries.flatMap(({ prefix = [] }) => prefix),
    where: queries.flatMap(({ where = [] }) => where),
    ranges: queries.flatMap(({ ranges = [] }) => ranges),
    order,
  };
}

function residualOf(filters: readonly Filter[]): SearchPlan['residual'] {
  const tests = filters.flatMap(({ residual }) => residual ?? []);
  return tests.length === 0 ? undefined : (resource) => tests.every((test) => test(resource));
}
