import { isObject } from './json.ts';

/** A reference inside a resource. */
export interface FoundReference {
  /** Its text: `Patient/1`, `urn:uuid:…`, `#inside`, an absolute URL. */
  readonly reference: string;
  /** FHIRPath of the Reference, without the type: `subject`, `participant[0].individual`. */
  readonly path: string;
}

/** Every literal reference of a resource, contained resources included, in the order of the text. */
export function findReferences(resource: unknown): readonly FoundReference[] {
  const found: FoundReference[] = [];
  collect(resource, '', found);
  return found;
}

function collect(value: unknown, path: string, found: FoundReference[]): void {
  if (Array.isArray(value)) {
    value.forEach((entry, index) => {
      collect(entry, `${path}[${index}]`, found);
    });
    return;
  }
  if (!isObject(value)) return;
  const { reference } = value;
  if (typeof reference === 'string') found.push({ reference, path });
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'object') collect(part, path === '' ? name : `${path}.${name}`, found);
  }
}

/**
 * The value with references replaced; the same value where nothing changes. Only whole references are replaced, and
 * `urn:uuid:` wherever a URI stands alone (R4 http.html#trules).
 */
export function replaceReferences(value: unknown, replace: (reference: string) => string | undefined): unknown {
  if (Array.isArray(value)) {
    const list = value.map((entry) => replaceReferences(entry, replace));
    return list.some((entry, index) => entry !== value[index]) ? list : value;
  }
  if (!isObject(value)) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [name, part] of Object.entries(value)) {
    const next = typeof part === 'string' ? replaceText(name, part, replace) : replaceReferences(part, replace);
    if (next !== part) (changed ??= { ...value })[name] = next;
  }
  return changed ?? value;
}

function replaceText(name: string, text: string, replace: (reference: string) => string | undefined): string {
  return name === 'reference' || text.startsWith('urn:uuid:') ? (replace(text) ?? text) : text;
}
