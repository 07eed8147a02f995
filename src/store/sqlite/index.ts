import path from 'node:path';
import { definePlugin } from '../../core/plugin.ts';
import type { Store } from '../port.ts';
import type { StoreDeps, StorePlugin } from '../plugin.ts';
import { openSqlite } from './open.ts';

interface SqliteConfig {
  readonly file?: string;
  readonly readOnly?: boolean;
}

const plugin = definePlugin<SqliteConfig, Promise<Store>, StoreDeps>({
  type: 'sqlite',
  summary: 'Keeps everything in one SQLite file on this machine; one process writes it.',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: {
        type: 'string',
        minLength: 1,
        default: 'jingluo.db',
        description: 'File, in the data folder unless absolute.',
      },
      readOnly: { type: 'boolean', default: false, description: 'Reads beside a process that writes the file.' },
    },
  },
  examples: [{}, { file: '/var/lib/jingluo/jingluo.db' }],
  create: ({ file = 'jingluo.db', readOnly = false }, { dataDir, clock, log, metrics }) =>
    openSqlite({ file: path.resolve(dataDir, file), readOnly }, clock, { log, metrics }),
});

/** The embedded store: the default where there is no database server. */
export const sqliteStore: StorePlugin = { ...plugin, shared: false };
