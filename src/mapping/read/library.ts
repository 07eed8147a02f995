import { problem } from '../../core/problem.ts';
import type { MappingFile } from '../contract.ts';
import { child, textAt, type Node } from '../source/node.ts';
import { isOutbound } from '../outbound/paths.ts';
import { checkShape } from './check-shape.ts';
import type { Library, Shelf } from './shelf.ts';
import { readStructure } from './structure.ts';
import { readCsvTable, readTable } from './table.ts';
import { applyTemplates } from './templates.ts';
import { readYaml } from './yaml.ts';

const emptyShelf = (): Shelf => ({ maps: new Map(), parts: new Map(), tables: new Map() });

function shelfOf(library: Library, path: string): Shelf {
  const site = /^sites\/([^/]+)\//u.exec(path)?.[1];
  if (site === undefined) return library.base;
  const known = library.sites.get(site);
  if (known !== undefined) return known;
  const made = emptyShelf();
  library.sites.set(site, made);
  return made;
}

function shapeOf(path: string): 'mapping' | 'structure' | 'table' {
  if (path.startsWith('structures/')) return 'structure';
  return /(?:^|\/)tables\//u.test(path) ? 'table' : 'mapping';
}

function addMap(shelf: Shelf, file: string, node: Node): void {
  if (node.kind !== 'map') return;
  const map = textAt(child(node, 'map'));
  const part = textAt(child(node, 'part'));
  if (map !== undefined) shelf.maps.set(map, { file, node });
  if (part !== undefined) shelf.parts.set(part, { file, node });
}

function addFile(library: Library, { path, text }: MappingFile): void {
  const shelf = shelfOf(library, path);
  const csv = /([^/]+)\.csv$/u.exec(path)?.[1];
  if (csv !== undefined) {
    shelf.tables.set(csv, readCsvTable(path, csv, text, library.faults));
    return;
  }
  const read = readYaml(path, text);
  if (!read.ok) {
    library.faults.push(...read.error);
    return;
  }
  const shape = shapeOf(path);
  const faults = checkShape(shape, read.value);
  library.faults.push(...faults);
  if (faults.length > 0) return;
  if (shape === 'structure') {
    const structure = readStructure(read.value, library.faults);
    library.structures.set(structure.id, structure);
  } else if (shape === 'table') {
    const file = readTable(read.value);
    shelf.tables.set(file.table.name, file);
  } else {
    addMap(shelf, path, read.value);
  }
}

/** Outbound mappings are read apart: receiving a message does not wait for them. */
const isMapping = ({ path }: MappingFile): boolean =>
  /\.(?:ya?ml|csv)$/u.test(path) && !/\.test\.ya?ml$/u.test(path) && !isOutbound(path);

/** Reads all files; their faults are collected in the library. */
export function readLibrary(files: readonly MappingFile[]): Library {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const library: Library = { base: emptyShelf(), sites: new Map(), structures: new Map(), texts, faults: [] };
  for (const file of files) if (isMapping(file)) addFile(library, file);
  applyTemplates(library);
  if (library.base.maps.size === 0 && library.faults.length === 0)
    library.faults.push(problem('mapping.unknown-name', 'there is no base mapping'));
  return library;
}
