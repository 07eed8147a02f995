import { didYouMean } from '../../core/nearest.ts';
import type { Library, Shelf, SourceMap } from '../read/shelf.ts';
import { child, entriesOf, textAt, textsAt, type MapNode } from '../source/node.ts';
import { addUp, joinMaps, overlay } from '../source/overlay.ts';
import type { Faults } from './faults.ts';

/** A mapping with everything it includes and extends laid together. */
export interface Assembled {
  readonly node: MapNode;
  readonly files: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
}

/** Lays the mappings of one site together from base, parts and overlays. */
export class Assembler {
  readonly #library: Library;
  readonly #site: Shelf | undefined;
  readonly #faults: Faults;

  constructor(library: Library, site: string, faults: Faults) {
    this.#library = library;
    this.#site = library.sites.get(site);
    this.#faults = faults;
  }

  /** Names of all mappings that the site has. */
  get names(): readonly string[] {
    return [...new Set([...this.#library.base.maps.keys(), ...(this.#site?.maps.keys() ?? [])])];
  }

  /** One mapping with all that it includes and extends; undefined where its parts are not there. */
  assemble(name: string): Assembled | undefined {
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
    const nodes = found.map((part) => part.node);
    // Base and site of a part are laid one by one, so that both may add to what an earlier part said.
    const layers = found.flatMap((part) => part.layers);
    const laid = chain.reduce((node, map) => overlay(node, map.node), joinMaps(layers, first.node.at));
    // A part knows its own segments only: what is no data in them, or has no place in R4, adds up.
    const all = [...nodes, whole];
    const node = addUp(addUp(laid, 'structural', all), 'noPlace', all);
    const files = new Set([...shared, ...chain.map(({ file }) => file)]);
    return { node, files, shared };
  }

  #part(name: string, from: SourceMap): Part | undefined {
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
      layers: chain.map(({ node }) => node),
      files,
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
}

/** A part by itself, and as it is laid over the parts before it. */
interface Part {
  readonly node: MapNode;
  readonly layers: readonly MapNode[];
  readonly files: ReadonlySet<string>;
}

const empty = (map: SourceMap): MapNode => ({ kind: 'map', at: map.node.at, entries: [] });

/** The mappings of a site as they count, laid together from base, parts and overlays, for descriptions of them. */
export function assembleSite(library: Library, site: string, faults: Faults): ReadonlyMap<string, MapNode> {
  const assembler = new Assembler(library, site, faults);
  return new Map(
    assembler.names.flatMap((name) => {
      const assembled = assembler.assemble(name);
      return assembled === undefined ? [] : [[name, assembled.node] as const];
    }),
  );
}
