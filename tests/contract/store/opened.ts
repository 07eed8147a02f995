import type { CollectionName } from '../../../src/store/collections.ts';
import type { Page, Put, Query, Row, Store } from '../../../src/store/port.ts';

/** A store as the contract suite is given it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens the same data again; absent where they do not outlive a process. */
  readonly reopen?: () => Promise<Store>;
  /** Closes the store (however often it was reopened) and removes its data. */
  readonly close: () => Promise<void>;
}

/** Opens a store with nothing in it. */
export type OpenStore = () => Promise<StoreUnderTest>;

let counter = 0;

/** A name that no other test uses: tests share one store. */
export function fresh(prefix = 'id'): string {
  counter += 1;
  return `${prefix}-${process.pid}-${counter}`;
}

/** A row of a text collection with nothing but a body. */
export function textPut(collection: CollectionName, id: string, more: Partial<Put> = {}): Put {
  return { collection, id, body: `{"id":"${id}"}`, ...more };
}

/** Ids on a page. */
export function idsOf({ rows }: Pick<Page, 'rows'>): string[] {
  return rows.map(({ id }) => id);
}

/** Every page of a search, one after the other. */
export async function allPages(store: Store, collection: CollectionName, query: Query): Promise<Row[]> {
  const rows: Row[] = [];
  let page = await store.find(collection, query);
  rows.push(...page.rows);
  while (page.next !== undefined) {
    page = await store.find(collection, { ...query, after: page.next });
    rows.push(...page.rows);
  }
  return rows;
}

/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void>;
export function pause<T>(ms: number, value: T): Promise<T>;
export function pause(ms: number, value?: unknown): Promise<unknown> {
  return new Promise((resolve) =>
    setTimeout(() => {
      resolve(value);
    }, ms),
  );
}
