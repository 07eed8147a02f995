import { didYouMean } from '../../core/nearest.ts';
import { sha256 } from '../../core/ids.ts';
import type { Structure } from '../../hl7/structure.ts';
import type { CompiledMapping } from '../contract.ts';
import type { Library, Shelf, SourceMap } from '../read/library.ts';
import { withSegment } from '../read/structure.ts';
import { extendTable } from '../read/table.ts';
import { child, entriesOf, textAt, textsAt, type MapNode, type Node } from '../source/node.ts';
import { joinMaps, overlay } from '../source/overlay.ts';
import type { Table } from '../tables/table.ts';
import { STANDARD_SEGMENTS, type FieldType } from '../types/hl7-model.ts';
import type { Faults } from './faults.ts';
import { compileMap } from './map.ts';

/** Compiled mappings by event: `ADT^A01`. */
export type EventMappings = ReadonlyMap<string, CompiledMapping>;

/** A mapping with everything it includes and extends laid together. */
interface Assembled {
  readonly node: MapNode;
  readonly files: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
}

class SiteBuilder {
  readonly #library: Library;
  readonly #site: Shelf | undefined;
  readonly #faults: Faults;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(library: Library, site: string, faults: Faults) {
    this.#library = library;
    this.#site = library.sites.get(site);
    this.#faults = faults;
    const tables = new Map<string, Table>();
    for (const shelf of [library.base, this.#site]) {
      for (const [name, file] of shelf?.tables ?? []) tables.set(name, extendTable(file, tables.get(name)));
    }
    this.#tables = tables;
  }

  build(): EventMappings {
    const names = new Set([...this.#library.base.maps.keys(), ...(this.#site?.maps.keys() ?? [])]);
    const events = new Map<string, CompiledMapping>();
    for (const name of names) {
      const compiled = this.#compile(name);
      if (compiled === undefined) continue;
      for (const event of compiled.events) events.set(`${name.slice(0, 3)}^${event}`, compiled.mapping);
    }
    return events;
  }

  #compile(name: string): { mapping: CompiledMapping; events: readonly string[] } | undefined {
    const assembled = this.#assemble(name);
    if (assembled === undefined) return undefined;
    const { node, shared } = assembled;
    const segments = new Map(STANDARD_SEGMENTS);
    const structure = this.#structure(name, node, segments);
    if (structure === undefined) return undefined;
    const version = this.#version(name, assembled);
    const context = { faults: this.#faults, tables: this.#tables, segments, shared, structure, version };
    return { mapping: compileMap(node, context), events: textsAt(child(node, 'events')) };
  }

  #structure(name: string, node: MapNode, segments: Map<string, readonly FieldType[]>): Structure | undefined {
    let structure = this.#library.structures.get(name);
    if (structure === undefined) {
      const hint = didYouMean(name, this.#library.structures.keys());
      this.#faults.add('mapping.unknown-name', `there is no structure ${name}${hint}`, node.at);
      return undefined;
    }
    for (const { key, value } of entriesOf(child(node, 'segments'))) {
      segments.set(key, zFields(child(value, 'fields')));
      structure = withSegment(structure, key, textAt(child(value, 'after')) ?? '');
    }
    return structure;
  }

  #assemble(name: string): Assembled | undefined {
    const base = this.#library.base.maps.get(name);
    const over = this.#site?.maps.get(name);
    const chain = [base, over].filter((map) => map !== undefined);
    if (over !== undefined && child(over.node, 'extends') === undefined) chain.shift();
    const [first] = chain;
    if (first === undefined) return undefined;
    for (const map of chain) this.#checkExtends(map, name);
    const whole = chain.reduce<MapNode>((node, map) => overlay(node, map.node), empty(first));
    const parts = textsAt(child(whole, 'include')).map((part) => this.#part(part, first));
    const found = parts.filter((part) => part !== undefined);
    const shared = new Set(found.flatMap(({ files }) => [...files]));
    const node = overlay(
      joinMaps(
        found.map((part) => part.node),
        first.node.at,
      ),
      whole,
    );
    const files = new Set([...shared, ...chain.map(({ file }) => file)]);
    return { node, files, shared };
  }

  #part(name: string, from: SourceMap): Assembled | undefined {
    const chain = [this.#library.base.parts.get(name), this.#site?.parts.get(name)].filter(
      (part) => part !== undefined,
    );
    const [first] = chain;
    if (first === undefined) {
      const hint = didYouMean(name, this.#library.base.parts.keys());
      this.#faults.add('mapping.unknown-name', `there is no part "${name}"${hint}`, { file: from.file });
      return undefined;
    }
    this.#checkIdentity(chain);
    const files = new Set(chain.map(({ file }) => file));
    return {
      node: chain.reduce<MapNode>((node, part) => overlay(node, part.node), empty(first)),
      files,
      shared: files,
    };
  }

  #checkExtends({ file, node }: SourceMap, name: string): void {
    const target = child(node, 'extends');
    const wanted = textAt(target);
    if (wanted === undefined || target === undefined || wanted === `base/${name}`) return;
    this.#faults.add('mapping.unknown-name', `"${wanted}" is not base/${name}`, { ...target.at, file });
  }

  /** DESIGN section 3: an overlay that changes these keys would make every known patient or stay a second time. */
  #checkIdentity(chain: readonly SourceMap[]): void {
    const [base, over] = chain;
    for (const { key, value } of entriesOf(child(over?.node, 'resources'))) {
      const changed = child(value, 'key');
      const type = textAt(child(child(child(base?.node, 'resources'), key), 'type'));
      if (changed === undefined || (type !== 'Patient' && type !== 'Encounter')) continue;
      this.#faults.add('mapping.shape', `a site may not change the key of ${type}`, { ...changed.at, path: key });
    }
  }

  /** Hash over everything that the mapping was made of, tables included. */
  #version(name: string, { files }: Assembled): string {
    const texts = [...files].sort().map((file) => `${file}\n${this.#library.texts.get(file) ?? ''}`);
    const tables = [...this.#tables.values()].map((table) =>
      JSON.stringify([table.name, table.default, [...table.rows]]),
    );
    return sha256(name, ...texts, JSON.stringify(this.#library.structures.get(name) ?? ''), ...tables);
  }
}

const empty = (map: SourceMap): MapNode => ({ kind: 'map', at: map.node.at, entries: [] });

function zFields(node: Node | undefined): readonly FieldType[] {
  const fields: FieldType[] = [];
  for (const { key, value } of entriesOf(node)) {
    const type = textAt(value) ?? textAt(child(value, 'type')) ?? 'ST';
    while (fields.length < Number(key) - 1) fields.push({ type: 'ST', repeats: false });
    fields[Number(key) - 1] = { type: type.replace('*', ''), repeats: type.endsWith('*') };
  }
  return fields;
}

/** Compiles all mappings as one site sees them; `''` is the base. */
export function buildSite(library: Library, site: string, faults: Faults): EventMappings {
  return new SiteBuilder(library, site, faults).build();
}
