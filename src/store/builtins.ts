import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { memoryStore } from './memory/index.ts';
import { MemoryStore } from './memory/store.ts';
import { mongodbStore } from './mongodb/index.ts';
import type { StorePlugin } from './plugin.ts';
import { sqliteStore } from './sqlite/index.ts';
import type { Store } from './port.ts';
import { StoreClock } from './store-clock.ts';

/** Every store driver. */
export const STORES: readonly StorePlugin[] = [sqliteStore, memoryStore, mongodbStore];

/** A memory store: what unit tests use. */
export function openMemoryStore(clock: Clock = systemClock): Store {
  return new MemoryStore(new StoreClock(clock));
}
