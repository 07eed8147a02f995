import { compileExtractor } from '../../fhir/extract.ts';
import { parseFhir } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { compileQuery } from '../../store/match.ts';
import { comparePositions, encodeCursor, positionOf } from '../../store/order.ts';
import type { Row, Store } from '../../store/port.ts';
import { findMembers } from '../member-references.ts';
import { causeKey, compartmentKey } from '../versions.ts';
import type { SearchPlan } from './plan.ts';

/** Rows looked at for one page where only the resource itself can tell: then the page ends early, with a next link. */
const MAX_EXAMINED = 5000;
const PAGE = 500;

/** Matches of one page and the store cursor after them. */
export interface Matches {
  readonly rows: readonly Row[];
  readonly next?: string;
}

/** Finds the matches of one page. */
export async function findMatches(plan: SearchPlan, store: Store): Promise<Matches> {
  if (plan.ids !== undefined) return named(plan, plan.ids, store);
  const { query, after, count, residual } = plan;
  if (residual === undefined) {
    return store.find('resources', { ...query, limit: count, ...(after === undefined ? {} : { after }) });
  }
  return examined(plan, residual, store);
}

/** Reads the rows that `_id` names and tests them as the store would. */
async function named(plan: SearchPlan, ids: readonly string[], store: Store): Promise<Matches> {
  const found = (await store.getMany('resources', ids)).filter((row) => row !== undefined);
  const matches = compileQuery(plan.query);
  const rows = found.filter((row) => {
    const resource = resourceOf(row);
    if (plan.residual !== undefined && !plan.residual(resource)) return false;
    const { keys, ordered, ranges } = compileExtractor(plan.type)(resource, plan.zone);
    const own = [...keys, ...ownKeys(plan.type, row, resource)];
    return matches({ keys: new Set(own), ordered, fields: { ...ranges, ...row.fields } });
  });
  const places = new Map(rows.map((row) => [row.id, positionOf(row, plan.order)]));
  const zero = { values: [], id: '' };
  const sorted = rows.toSorted((a, b) =>
    comparePositions(places.get(a.id) ?? zero, places.get(b.id) ?? zero, plan.order),
  );
  return { rows: sorted };
}

/** The keys that the record adds to those of the resource. */
function ownKeys(type: string, row: Row, resource: FhirResource): readonly string[] {
  const { meta } = resource as FhirResource & { readonly meta?: { readonly source?: unknown } };
  const text = typeof row.body === 'string' ? row.body : '';
  const members = findMembers(type, text).map(([at, length]) => text.slice(at, at + length));
  const source = typeof meta?.source === 'string' ? meta.source.replace(/^urn:jingluo:message:/, '') : '';
  return [...members.map((member) => compartmentKey(member, type)), causeKey(source)];
}

/** Goes through what the index gives until the page is full. */
async function examined(
  { query, after: first, count, order }: SearchPlan,
  residual: (resource: FhirResource) => boolean,
  store: Store,
): Promise<Matches> {
  const rows: Row[] = [];
  let after = first;
  for (let seen = 0; ; seen += PAGE) {
    const page = await store.find('resources', { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const row of page.rows) {
      if (rows.length === count) return { rows, next: encodeCursor(positionOf(rows.at(-1) ?? row, order)) };
      if (residual(resourceOf(row))) rows.push(row);
    }
    if (page.next === undefined) return { rows };
    if (seen + PAGE >= MAX_EXAMINED) return { rows, next: page.next };
    after = page.next;
  }
}

// Rows of `resources` hold JSON text that we wrote ourselves.
const resourceOf = ({ body }: Row): FhirResource => parseFhir(typeof body === 'string' ? body : '{}') as FhirResource;
