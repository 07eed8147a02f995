import { childrenOf } from '../../fhir/elements.ts';
import { isObject, parseFhir, stringifyFhir } from '../../fhir/json.ts';

/** Cuts a resource's text down; undefined: leave it whole. */
export type Present = ((text: string) => string) | undefined;

const ALWAYS: readonly string[] = ['resourceType', 'id', 'meta'];

/** What `_summary` and `_elements` leave of a resource (R4 search.html#summary); what was cut is tagged SUBSETTED. */
export function presentation(type: string, query: URLSearchParams): Present {
  const elements = query.get('_elements');
  const summary = query.get('_summary');
  if (elements !== null && elements !== '')
    return keeping(new Set([...ALWAYS, ...elements.split(','), ...mandatory(type)]));
  if (summary === 'true') return keeping(new Set([...ALWAYS, ...named(type, ({ isSummary }) => isSummary)]));
  if (summary === 'text') return keeping(new Set([...ALWAYS, 'text', ...mandatory(type)]));
  if (summary !== 'data') return undefined;
  return (text) => cut(text, (name) => name !== 'text');
}

const mandatory = (type: string): readonly string[] => named(type, ({ min }) => min > 0);

function named(
  type: string,
  test: (element: { readonly min: number; readonly isSummary: boolean }) => boolean,
): string[] {
  return childrenOf(type)
    .filter(test)
    .map(({ path }) => path);
}

function keeping(names: ReadonlySet<string>): Present {
  const choices = [...names].filter((name) => name.endsWith('[x]')).map((name) => name.slice(0, -3));
  return (text) =>
    cut(text, (name) => names.has(name) || choices.some((choice) => new RegExp(`^${choice}[A-Z]`).test(name)));
}

function cut(text: string, keeps: (name: string) => boolean): string {
  const resource = parseFhir(text);
  if (!isObject(resource)) return text;
  const kept = Object.fromEntries(Object.entries(resource).filter(([name]) => keeps(name.replace(/^_/, ''))));
  const meta = isObject(kept['meta']) ? kept['meta'] : {};
  const tags: readonly unknown[] = Array.isArray(meta['tag']) ? meta['tag'] : [];
  const tag = [...tags, { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }];
  return stringifyFhir({ ...kept, meta: { ...meta, tag } });
}
