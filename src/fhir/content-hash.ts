import { createHash } from 'node:crypto';
import { FhirDecimal, isObject } from './json.ts';
import type { FhirResource } from './patch.ts';

/** What every write changes: it says nothing about content. */
const VOLATILE: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'source']);

/**
 * Hash of what a resource says: equal for resources that differ only in the order of properties or in
 * `meta.versionId`, `meta.lastUpdated` and `meta.source`. Lower-case hex SHA-256.
 */
export function contentHash(resource: FhirResource): string {
  const { meta } = resource;
  const content = isObject(meta)
    ? { ...resource, meta: Object.fromEntries(Object.entries(meta).filter(([name]) => !VOLATILE.has(name))) }
    : resource;
  return createHash('sha256').update(canonical(content), 'utf8').digest('hex');
}

/** JSON text with sorted property names; empty objects and lists count as absent. */
function canonical(value: unknown): string {
  if (value instanceof FhirDecimal) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const parts: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const part = value[name];
    if (part === undefined || isEmpty(part)) continue;
    parts.push(`"${name}":${canonical(part)}`);
  }
  return `{${parts.join(',')}}`;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
