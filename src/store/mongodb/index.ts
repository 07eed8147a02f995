import { definePlugin } from '../../core/plugin.ts';
import type { StoreDeps, StorePlugin } from '../plugin.ts';
import type { Store } from '../port.ts';
import type { MongodbConfig } from './connect.ts';

const plugin = definePlugin<MongodbConfig, Promise<Store>, StoreDeps>({
  type: 'mongodb',
  summary: 'Keeps everything in MongoDB (replica set or sharded cluster, 6.0 or later); any number of nodes share it.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: {
        type: 'string',
        pattern: '^mongodb(\\+srv)?://',
        description:
          'Connection string; put user and password into the environment: mongodb://${MONGO_USER}:${MONGO_PASSWORD}@host/?replicaSet=rs0',
      },
      database: { type: 'string', minLength: 1, maxLength: 63, description: 'Name of the database; default jingluo.' },
      connections: { type: 'integer', minimum: 2, maximum: 500, description: 'Connections of this node at most.' },
      timeoutMs: {
        type: 'integer',
        minimum: 100,
        maximum: 60_000,
        description: 'Milliseconds after which an unreachable server makes a call fail.',
      },
    },
  },
  examples: [{ url: 'mongodb://db1,db2,db3/?replicaSet=rs0' }, { url: 'mongodb://127.0.0.1', database: 'trial' }],
  // The driver is large: only who uses it loads it.
  create: async (config) => (await import('./open.ts')).openMongodb(config),
});

/** The store for several nodes: MongoDB as a replica set or sharded cluster. */
export const mongodbStore: StorePlugin = { ...plugin, shared: true };
