import { COLLECTIONS, type CollectionName } from '../../store/collections.ts';
import type { Operation } from './operation.ts';

/** `status`: what the store holds and how deep the queues are. */
const status: Operation = {
  name: 'status',
  summary: 'Counts of the store and depth of the queues.',
  async *run({ store, queues, config }) {
    const names = Object.keys(COLLECTIONS) as CollectionName[];
    const counts = await Promise.all(names.map(async (name) => [name, await store.count(name, {})] as const));
    const depth = [...queues].map(([name, queue]) => [name, queue.depth] as const);
    yield {
      store: config.store.type,
      running: queues.size > 0,
      now: (await store.now()).toISOString(),
      queues: Object.fromEntries(depth),
      counts: Object.fromEntries(counts),
    };
  },
};

/** Operations that tell how the engine is. */
export const STATUS_OPERATIONS: readonly Operation[] = [status];
