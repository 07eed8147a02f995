import { didYouMean } from '../../core/nearest.ts';
import { problem } from '../../core/problem.ts';
import { child, entriesOf, textAt, type Entry, type MapNode } from '../source/node.ts';
import { overlay } from '../source/overlay.ts';
import type { Library, Shelf, SourceMap } from './shelf.ts';

/** Rule sets of no place of their own, by name. */
type Templates = ReadonlyMap<string, MapNode>;

function templatesOf(shelf: Shelf): Templates {
  const found = new Map<string, MapNode>();
  for (const { node } of [...shelf.parts.values(), ...shelf.maps.values()]) {
    for (const { key, value } of entriesOf(child(node, 'templates'))) if (value.kind === 'map') found.set(key, value);
  }
  return found;
}

function filled(entry: Entry, templates: Templates, library: Library): Entry {
  const { value } = entry;
  const like = child(value, 'like');
  const name = textAt(like);
  if (value.kind !== 'map' || like === undefined || name === undefined) return entry;
  const template = templates.get(name);
  if (template === undefined) {
    const message = `there is no template "${name}"${didYouMean(name, templates.keys())}`;
    library.faults.push(problem('mapping.unknown-name', message, { ...like.at, path: entry.key }));
    return entry;
  }
  const own: MapNode = { ...value, entries: value.entries.filter(({ key }) => key !== 'like') };
  return { ...entry, value: overlay(template, own, ['resources', entry.key]) };
}

function withTemplates(map: SourceMap, templates: Templates, library: Library): SourceMap {
  const resources = child(map.node, 'resources');
  const entries = entriesOf(resources);
  if (!entries.some(({ value }) => child(value, 'like') !== undefined)) return map;
  const made = entries.map((entry) => filled(entry, templates, library));
  const replace = (entry: Entry): Entry =>
    entry.value === resources ? { ...entry, value: { kind: 'map', at: resources.at, entries: made } } : entry;
  return { ...map, node: { ...map.node, entries: map.node.entries.map(replace) } };
}

/** Lays each rule set that says `like: NAME` over the template of that name, before any site changes it. */
export function applyTemplates(library: Library): void {
  const templates = templatesOf(library.base);
  for (const { maps, parts } of [library.base, ...library.sites.values()]) {
    for (const shelf of [maps, parts]) {
      for (const [name, map] of shelf) shelf.set(name, withTemplates(map, templates, library));
    }
  }
}
