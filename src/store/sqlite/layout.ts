import type { CollectionName, CollectionSpec, FieldKind } from '../collections.ts';
import { COLLECTIONS } from '../collections.ts';
import { dictionaryOf } from '../packing.ts';

/** A declared scalar field and its column. */
export interface FieldColumn {
  readonly name: string;
  readonly kind: FieldKind;
  readonly column: string;
}

/** How a collection lies in the file. */
export interface Layout {
  readonly collection: CollectionName;
  /** Place in the list of layouts; stands for the collection between threads of one process. */
  readonly index: number;
  readonly table: string;
  readonly body: CollectionSpec['body'];
  readonly fields: readonly FieldColumn[];
  /** What its rows are packed with. */
  readonly dictionary: number;
  readonly orders: CollectionSpec['orders'];
  /** Columns of a whole row, as `decodeRow` takes them. */
  readonly selected: string;
}

/** Column of a declared field. */
export function columnOf(field: string): string {
  return `"f_${field}"`;
}

/** Every collection, in the order of their declaration. */
export const LAYOUTS: readonly Layout[] = (Object.keys(COLLECTIONS) as CollectionName[]).map(layout);

const BY_NAME = new Map(LAYOUTS.map((entry) => [entry.collection, entry]));

/** Layout of a collection. */
export function layoutOf(collection: CollectionName): Layout {
  return BY_NAME.get(collection) ?? layout(collection, 0);
}

function layout(collection: CollectionName, index: number): Layout {
  const { body, fields, orders }: CollectionSpec = COLLECTIONS[collection];
  const columns = Object.entries(fields).map(([name, kind]) => ({ name, kind, column: columnOf(name) }));
  return {
    collection,
    index,
    table: `"c_${collection}"`,
    body,
    fields: columns,
    orders,
    dictionary: dictionaryOf(collection),
    selected: ['id', 'rev', 'body', 'note', 'ranges', ...columns.map(({ column }) => column)]
      .map((column) => `r.${column}`)
      .join(', '),
  };
}
