import { ok } from '../core/result.ts';
import type { FindByCondition } from '../pipeline/fhir/endpoint-writer.ts';
import type { SearchDeps } from '../record/search/contract.ts';
import { search } from '../record/search/search.ts';

/** Finds what the condition of a conditional write matches, by the same search as the endpoint's. */
export function conditionFinder(deps: SearchDeps): FindByCondition {
  return async (type, condition) => {
    const parameters = [...new URLSearchParams(condition), ['_count', '2'] as const];
    const page = await search({ type, parameters, base: '', now: await deps.store.now() }, deps);
    return page.ok ? ok(page.value.matches.map((row) => row.id.slice(type.length + 1))) : page;
  };
}
