import { sha256 } from '../../core/ids.ts';
import { didYouMean } from '../../core/nearest.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { messageStructure } from '../../hl7/events.ts';
import type { Structure } from '../../hl7/structure.ts';
import { Assembler, type Assembled } from '../compile/assemble.ts';
import { Faults } from '../compile/faults.ts';
import type { MappingFile } from '../contract.ts';
import type { Library } from '../read/shelf.ts';
import { withSegment } from '../read/structure.ts';
import { extendTable } from '../read/table.ts';
import { child, entriesOf, textAt, type MapNode } from '../source/node.ts';
import type { Table } from '../tables/table.ts';
import { STANDARD_SEGMENTS, type FieldType } from '../types/hl7-model.ts';
import { prepareReceiver } from './compile/header.ts';
import { compileMessage, type MessageWriter } from './compile/message.ts';
import type { OutboundMapping, OutboundSet, OutboundSettings } from './contract.ts';
import { readOutbound } from './read/library.ts';
import { readSettings } from './read/settings.ts';
import { outboundMapping } from './run/mapping.ts';

/** A mapping that waits for its receiver. */
interface Prepared {
  readonly name: string;
  readonly structure: string;
  readonly version: string;
  readonly writer: MessageWriter;
  /** `header:` of the mapping. */
  readonly settings: OutboundSettings;
  readonly codeSystems: ReadonlyMap<string, string>;
}

type ByName = ReadonlyMap<string, Prepared>;

function tablesOf(library: Library, site: string): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  for (const shelf of [library.base, library.sites.get(site)]) {
    for (const [name, file] of shelf?.tables ?? []) tables.set(name, extendTable(file, tables.get(name)));
  }
  return tables;
}

function structureOf(name: string, node: MapNode, library: Library, faults: Faults): Structure | undefined {
  const [code = '', trigger = ''] = name.split('_');
  const given = child(node, 'structure');
  const wanted = textAt(given) ?? messageStructure(code, trigger, '');
  const found = library.structures.get(wanted);
  if (found !== undefined) return found;
  const hint = didYouMean(wanted, library.structures.keys());
  faults.add('mapping.unknown-name', `there is no structure ${wanted}${hint}`, { ...(given ?? node).at, path: name });
  return undefined;
}

const withoutGaps = (fields: readonly (FieldType | undefined)[]): readonly FieldType[] =>
  Array.from(fields, (type) => type ?? { type: 'ST', repeats: false });

function zFields(node: MapNode): ReadonlyMap<string, readonly FieldType[]> {
  return new Map(
    entriesOf(child(node, 'segments')).map(({ key, value }) => {
      const fields: FieldType[] = [];
      for (const field of entriesOf(child(value, 'fields'))) {
        const type = textAt(field.value) ?? textAt(child(field.value, 'type')) ?? 'ST';
        fields[Number(field.key) - 1] = { type: type.replace('*', ''), repeats: type.endsWith('*') };
      }
      return [key, withoutGaps(fields)];
    }),
  );
}

function withZ(structure: Structure, node: MapNode): Structure {
  return entriesOf(child(node, 'segments')).reduce(
    (grown, { key, value }) => withSegment(grown, key, textAt(child(value, 'after')) ?? ''),
    structure,
  );
}

function prepare(
  name: string,
  { node, files, shared }: Assembled,
  library: Library,
  site: SiteParts,
): Prepared | undefined {
  const { faults, tables, tablesHash } = site;
  const structure = structureOf(name, node, library, faults);
  if (structure === undefined) return undefined;
  const segments = new Map([...STANDARD_SEGMENTS, ...zFields(node)]);
  const writer = compileMessage(node, withZ(structure, node), { faults, tables, segments, shared });
  const texts = [...files].sort().map((file) => `${file}\n${library.texts.get(file) ?? ''}`);
  return {
    name,
    structure: structure.id,
    version: sha256(name, ...texts, JSON.stringify(structure), tablesHash),
    writer,
    settings: readSettings(child(node, 'header')),
    codeSystems: new Map([...(tables.get('coding-systems')?.rows ?? [])].map(([key, { code }]) => [key, code])),
  };
}

interface SiteParts {
  readonly faults: Faults;
  readonly tables: ReadonlyMap<string, Table>;
  readonly tablesHash: string;
}

function hashOf(tables: ReadonlyMap<string, Table>): string {
  return sha256(...[...tables.values()].map((table) => JSON.stringify([table.name, table.default, [...table.rows]])));
}

function buildSite(library: Library, site: string, faults: Faults): ByName {
  const assembler = new Assembler(library, site, faults);
  const tables = tablesOf(library, site);
  const parts = { faults, tables, tablesHash: hashOf(tables) };
  const all = new Map<string, Prepared>();
  for (const name of assembler.names) {
    const assembled = assembler.assemble(name);
    const prepared = assembled === undefined ? undefined : prepare(name, assembled, library, parts);
    if (prepared !== undefined) all.set(name, prepared);
  }
  return all;
}

const BASE = '';

/** True for a site with outbound mappings or parts of its own. */
function speaksItself(library: Library, site: string): boolean {
  const shelf = library.sites.get(site);
  return shelf !== undefined && shelf.maps.size + shelf.parts.size > 0;
}

function forReceiver(prepared: Prepared, settings: OutboundSettings): Result<OutboundMapping, readonly Problem[]> {
  const own = prepared.settings;
  const authorities = { ...own.authorities, ...settings.authorities };
  const receiver = prepareReceiver({ ...own, ...settings, authorities }, prepared.codeSystems);
  return receiver.ok ? ok(outboundMapping(prepared, receiver.value)) : receiver;
}

/** Reads, checks and compiles the outbound mappings; every fault of every file at once, with file, line and column. */
export function loadOutbound(files: readonly MappingFile[]): Result<OutboundSet, readonly Problem[]> {
  const library = readOutbound(files);
  const faults = new Faults();
  const sites = new Map<string, ByName>();
  for (const site of [BASE, ...library.sites.keys()]) {
    if (site === BASE || speaksItself(library, site)) sites.set(site, buildSite(library, site, faults));
  }
  const found = [...library.faults, ...faults.list];
  if (found.length > 0) return err(found);
  const base: ByName = sites.get(BASE) ?? new Map<string, Prepared>();
  // A site that has only tables of its own is compiled when it is asked for.
  const build = (site: string): ByName => {
    const made = buildSite(library, site, faults);
    sites.set(site, made);
    return made;
  };
  return ok({
    names: [...base.keys()],
    for: (name, settings = {}, site = BASE) => {
      if (site !== BASE && !library.sites.has(site)) {
        return err([
          problem('mapping.unknown-name', `there is no site "${site}"${didYouMean(site, library.sites.keys())}`),
        ]);
      }
      const all = sites.get(site) ?? build(site);
      const prepared = all.get(name);
      if (prepared !== undefined) return forReceiver(prepared, settings);
      const message = `there is no outbound mapping ${name}${didYouMean(name, all.keys())}`;
      return err([problem('mapping.unknown-name', message)]);
    },
  });
}
