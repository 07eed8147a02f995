import { isObject } from '../fhir/json.ts';
import type { ElementNews, FhirResource, ResourcePatch } from '../fhir/patch.ts';
import { elementKey } from './element-key.ts';
import type { Note, Stamp, UnitNote } from './note.ts';

/** The value of news with those known children that it keeps; undefined where nothing is left. */
export function newsValue(news: ElementNews, known: unknown): unknown {
  if (news.kind !== 'value') return undefined;
  if (news.keep === undefined || !isObject(news.value)) return news.value;
  const kept = isObject(known) ? Object.entries(known).filter(([name]) => news.keep?.includes(name)) : [];
  const value = { ...Object.fromEntries(kept), ...news.value };
  return Object.keys(value).length === 0 ? undefined : value;
}

/**
 * The resource and note that a patch makes where nobody has spoken of the resource yet: most resources of most
 * messages, so without looking for what there is to respect. Undefined where the patch has parts that go together (a
 * primitive and its extensions, types of a choice) or a `meta`: the general way knows of these.
 */
export function firstNews(
  patch: ResourcePatch,
  row: Stamp,
): { readonly resource: FhirResource; readonly note: Note } | undefined {
  const said: Said = { elements: {}, gone: {}, units: {}, row };
  const keys = new Set<string>();
  for (const name in patch.elements) {
    const news = patch.elements[name];
    if (news === undefined || name === 'resourceType' || name === 'id') continue;
    const key = elementKey(patch.type, name);
    if (name === 'meta' || name.startsWith('_') || keys.has(key)) return undefined;
    keys.add(key);
    say(said, name, key, news);
  }
  const namespace = patch.key?.namespace;
  const { elements, gone, units } = said;
  return {
    resource: { resourceType: patch.type, id: patch.id, ...elements },
    note: {
      row,
      ...(isEmpty(gone) ? {} : { elements: gone }),
      ...(isEmpty(units) ? {} : { units }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

interface Said {
  readonly elements: Record<string, unknown>;
  readonly gone: Record<string, Stamp>;
  readonly units: Record<string, readonly UnitNote[]>;
  readonly row: Stamp;
}

function say({ elements, gone, units, row }: Said, name: string, key: string, news: ElementNews): void {
  if (news.kind === 'entries') {
    const entries = Object.values(news.units).flat();
    if (entries.length > 0) elements[name] = entries;
    units[key] = Object.entries(news.units).map(([unit, { length }]) => ({ unit, count: length, stamp: row }));
    return;
  }
  const value = newsValue(news, undefined);
  if (value === undefined) gone[key] = row;
  else elements[name] = value;
}

function isEmpty(value: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(value).length === 0;
}
