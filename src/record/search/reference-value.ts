import { problem } from '../../core/problem.ts';
import { err, ok } from '../../core/result.ts';
import { isResourceType, typeNames } from '../../fhir/elements.ts';
import { searchKey } from '../../fhir/extract.ts';
import type { SearchParameter } from '../../fhir/search-parameters.ts';
import { referenceOf } from '../../fhir/search-values.ts';
import { NOTHING, type CompileValue, type FilterContext } from './filter.ts';
import { unescapeValue } from './request.ts';

/**
 * `id`, `Type/id` or a URL (R4 search.html#reference). A reference to any member of a person is one to all of them
 * (DESIGN section 5).
 */
export const compileReference: CompileValue = async (parameter, value, modifier, context) => {
  const text = unescapeValue(value);
  const targets = await targetsOf(parameter, local(text, context.base), modifier, context);
  if (targets === undefined) {
    return err(
      problem('fhir.search-value-invalid', 'A resource id, Type/id or a URL is expected.', { path: parameter.code }),
    );
  }
  const indexed = parameter.indexedAs.length === 0 ? [parameter.code] : parameter.indexedAs.map(({ code }) => code);
  const keys = indexed.flatMap((code) => [...targets].map((target) => searchKey(context.type, code, target)));
  return ok({
    keys: keys.length === 0 ? [NOTHING] : keys,
    test: (type, found) => targets.has(referenceOf(type, found) ?? ''),
    exact: true,
  });
};

/** A URL of this endpoint is a relative reference. */
function local(text: string, base: string): string {
  return base !== '' && text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
}

async function targetsOf(
  parameter: SearchParameter,
  text: string,
  modifier: string | undefined,
  { members }: FilterContext,
): Promise<ReadonlySet<string> | undefined> {
  const match = /^(?:([A-Z][A-Za-z]+)\/)?([A-Za-z0-9\-.]{1,64})$/.exec(text);
  if (match === null) return /^[a-z][a-z0-9+.-]*:/i.test(text) ? new Set([text]) : undefined;
  const [, type, id = ''] = match;
  if (type !== undefined && !isResourceType(type)) return undefined;
  const allowed = modifier === undefined ? allowedTypes(parameter) : [modifier];
  const types = type === undefined ? allowed : allowed.filter((one) => one === type);
  const found = new Set<string>();
  for (const one of types) {
    const ids = one === 'Patient' ? await members(id) : [id];
    for (const each of ids) found.add(`${one}/${each}`);
  }
  return found;
}

/** The types that a parameter may point at. */
function allowedTypes({ indexedAs, paths, targets }: SearchParameter): readonly string[] {
  const only = [...indexedAs.flatMap(({ target }) => target ?? []), ...paths.flatMap(({ only: one }) => one ?? [])];
  if (only.length > 0) return [...new Set(only)];
  if (targets.length > 0) return targets;
  const declared = paths.flatMap((path) => path.targets);
  return declared.length > 0 ? [...new Set(declared)] : typeNames;
}
