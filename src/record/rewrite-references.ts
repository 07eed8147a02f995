import { isObject } from '../fhir/json.ts';

/** The value with every reference that `to` knows replaced; the same value where there is none. */
export function rewriteReferences(value: unknown, to: ReadonlyMap<string, string>): unknown {
  if (to.size === 0) return value;
  if (Array.isArray(value)) {
    const list = value.map((entry) => rewriteReferences(entry, to));
    return list.some((entry, index) => entry !== value[index]) ? list : value;
  }
  return isObject(value) ? rewriteObject(value, to) : value;
}

function rewriteObject(value: Readonly<Record<string, unknown>>, to: ReadonlyMap<string, string>): unknown {
  const entries = Object.entries(value).map(([name, part]) => {
    const target = name === 'reference' && typeof part === 'string' ? to.get(part) : undefined;
    return [name, target ?? (typeof part === 'object' ? rewriteReferences(part, to) : part)] as const;
  });
  return entries.some(([name, part]) => part !== value[name]) ? Object.fromEntries(entries) : value;
}
