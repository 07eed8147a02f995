import { didYouMean } from '../../core/nearest.ts';
import { sha256 } from '../../core/ids.ts';
import { eventsOf } from '../../hl7/events.ts';
import type { Structure } from '../../hl7/structure.ts';
import type { CompiledMapping } from '../contract.ts';
import type { Library, Shelf } from '../read/shelf.ts';
import { withSegment } from '../read/structure.ts';
import { extendTable } from '../read/table.ts';
import { child, entriesOf, textAt, textsAt, type MapNode, type Node } from '../source/node.ts';
import type { Table } from '../tables/table.ts';
import { STANDARD_SEGMENTS, type FieldType } from '../types/hl7-model.ts';
import { Assembler, type Assembled } from './assemble.ts';
import type { Faults } from './faults.ts';
import type { KnownResources } from './known-resources.ts';
import { compileMap } from './map.ts';

/** Compiled mappings by event: `ADT^A01`. */
export type EventMappings = ReadonlyMap<string, CompiledMapping>;

/** What the mappings of all sites are made with. */
interface Building {
  readonly library: Library;
  readonly faults: Faults;
  readonly known: KnownResources;
}

/** The tables of the base and of a site laid over each other. */
function tablesOf(shelves: readonly (Shelf | undefined)[]): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  for (const shelf of shelves) {
    for (const [name, file] of shelf?.tables ?? []) tables.set(name, extendTable(file, tables.get(name)));
  }
  return tables;
}

class SiteBuilder {
  readonly #library: Library;
  readonly #assembler: Assembler;
  readonly #faults: Faults;
  readonly #known: KnownResources;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #tablesHash: string;
  /** Of files, which several mappings are made of. */
  readonly #hashes = new Map<string, string>();
  readonly #codeSystems: ReadonlyMap<string, string>;

  constructor(site: string, { library, faults, known }: Building) {
    this.#library = library;
    this.#assembler = new Assembler(library, site, faults);
    this.#faults = faults;
    this.#known = known;
    const tables = tablesOf([library.base, library.sites.get(site)]);
    const all = [...tables.values()].map((table) => JSON.stringify([table.name, table.default, [...table.rows]]));
    this.#tables = tables;
    this.#tablesHash = sha256(...all);
    this.#codeSystems = new Map(
      [...(tables.get('coding-systems')?.rows ?? [])].map(([name, { code }]) => [name, code]),
    );
  }

  build(): EventMappings {
    const events = new Map<string, CompiledMapping>();
    for (const name of this.#assembler.names) {
      const compiled = this.#compile(name);
      if (compiled === undefined) continue;
      for (const event of compiled.events) {
        // `O21` of OML_O21 is OML^O21; `OMG^O19` is another message of the same shape.
        events.set(event.includes('^') ? event : `${name.slice(0, 3)}^${event}`, compiled.mapping);
      }
    }
    return events;
  }

  #compile(name: string): { mapping: CompiledMapping; events: readonly string[] } | undefined {
    const assembled = this.#assembler.assemble(name);
    if (assembled === undefined) return undefined;
    const { node, shared } = assembled;
    const segments = new Map(STANDARD_SEGMENTS);
    const structure = this.#structure(name, node, segments);
    if (structure === undefined) return undefined;
    const version = this.#version(name, assembled);
    const [faults, tables, known, codeSystems] = [this.#faults, this.#tables, this.#known, this.#codeSystems];
    const context = { faults, tables, segments, shared, structure, version, known, codeSystems };
    return { mapping: compileMap(node, context), events: textsAt(child(node, 'events')).flatMap(eventsOf) };
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

  #hashOf(file: string): string {
    let hash = this.#hashes.get(file);
    if (hash === undefined) this.#hashes.set(file, (hash = sha256(this.#library.texts.get(file) ?? '')));
    return hash;
  }

  /** Hash over everything that the mapping was made of, tables included. */
  #version(name: string, { files }: Assembled): string {
    const texts = [...files].sort().map((file) => `${file}\n${this.#hashOf(file)}`);
    return sha256(name, ...texts, JSON.stringify(this.#library.structures.get(name) ?? ''), this.#tablesHash);
  }
}

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
export function buildSite(site: string, building: Building): EventMappings {
  return new SiteBuilder(site, building).build();
}
