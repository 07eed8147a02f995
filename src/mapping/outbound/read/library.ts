import type { MappingFile } from '../../contract.ts';
import { checkShape } from '../../read/check-shape.ts';
import type { Library, Shelf } from '../../read/shelf.ts';
import { readStructure } from '../../read/structure.ts';
import { readCsvTable, readTable } from '../../read/table.ts';
import { readYaml } from '../../read/yaml.ts';
import { child, entriesOf, textAt, type Node } from '../../source/node.ts';
import { isOutbound } from '../paths.ts';

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

type Kind = 'outbound' | 'structure' | 'table';

function kindOf(path: string): Kind | undefined {
  if (/\.test\.ya?ml$/u.test(path)) return undefined;
  if (isOutbound(path)) return 'outbound';
  if (path.startsWith('structures/')) return 'structure';
  return /(?:^|\/)tables\//u.test(path) ? 'table' : undefined;
}

/** Checks the rule sets inside groups, which the schema of the file leaves open. */
function checkPlaces(node: Node | undefined, library: Library, inside: boolean): void {
  for (const { value } of entriesOf(node)) {
    if (inside) library.faults.push(...checkShape('outbound-place', value));
    checkPlaces(child(value, 'write'), library, true);
  }
}

function addMapping(library: Library, file: string, node: Node): void {
  checkPlaces(child(node, 'write'), library, false);
  if (node.kind !== 'map') return;
  const shelf = shelfOf(library, file);
  const [send, part] = ['send', 'part'].map((key) => textAt(child(node, key)));
  if (send !== undefined) shelf.maps.set(send, { file, node });
  if (part !== undefined) shelf.parts.set(part, { file, node });
}

function addFile(library: Library, { path, text }: MappingFile, kind: Kind): void {
  const csv = /([^/]+)\.csv$/u.exec(path)?.[1];
  if (csv !== undefined) {
    shelfOf(library, path).tables.set(csv, readCsvTable(path, csv, text, library.faults));
    return;
  }
  const read = readYaml(path, text);
  const faults = read.ok ? checkShape(kind, read.value) : read.error;
  library.faults.push(...faults);
  if (!read.ok || faults.length > 0) return;
  if (kind === 'structure') {
    const structure = readStructure(read.value, library.faults);
    library.structures.set(structure.id, structure);
  } else if (kind === 'table') {
    const file = readTable(read.value);
    shelfOf(library, path).tables.set(file.table.name, file);
  } else {
    addMapping(library, path, read.value);
  }
}

/** Reads the outbound mappings, and the tables and structures that they use; faults are collected in the library. */
export function readOutbound(files: readonly MappingFile[]): Library {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const library: Library = { base: emptyShelf(), sites: new Map(), structures: new Map(), texts, faults: [] };
  for (const file of files) {
    const kind = kindOf(file.path);
    if (kind !== undefined && /\.(?:ya?ml|csv)$/u.test(file.path)) addFile(library, file, kind);
  }
  return library;
}
