import type { Problem } from '../../core/problem.ts';
import type { Structure } from '../../hl7/structure.ts';
import type { MapNode } from '../source/node.ts';
import type { TableFile } from './table.ts';

/** A mapping or part as written, with its file. */
export interface SourceMap {
  readonly file: string;
  readonly node: MapNode;
}

/** The files of the base or of one site. */
export interface Shelf {
  readonly maps: Map<string, SourceMap>;
  readonly parts: Map<string, SourceMap>;
  readonly tables: Map<string, TableFile>;
}

/** All files of `mappings/`, read and checked for their shape. */
export interface Library {
  readonly base: Shelf;
  readonly sites: Map<string, Shelf>;
  readonly structures: Map<string, Structure>;
  readonly texts: ReadonlyMap<string, string>;
  readonly faults: Problem[];
}
