import { definePlugin } from '../../core/plugin.ts';
import type { StoreDeps, StorePlugin } from '../plugin.ts';
import type { Store } from '../port.ts';
import { StoreClock } from '../store-clock.ts';
import { MemoryStore } from './store.ts';

const plugin = definePlugin<unknown, Promise<Store>, StoreDeps>({
  type: 'memory',
  summary: 'Keeps everything in memory and forgets it at the end of the process.',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  examples: [{}],
  create: (_config, { clock }) => Promise.resolve(new MemoryStore(new StoreClock(clock))),
});

/** The store that forgets: for tests and for trying things out. */
export const memoryStore: StorePlugin = { ...plugin, shared: false };
