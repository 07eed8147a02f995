import { mkdir } from 'node:fs/promises';

import type { EngineConfig } from '../config/engine-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { STORES } from '../store/builtins.ts';
import type { Store } from '../store/port.ts';
import { sealStore } from '../store/sealing/index.ts';
import { pick } from './pick.ts';

/** What a store is opened with. */
export interface OpenStoreDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** True where one process alone can use the configured store. */
export const isSole = (config: EngineConfig): boolean => !pick(STORES, config.store.type).shared;

/** Opens the configured store, sealed where a key is configured. The data folder is made for its owner alone. */
export async function openStore(config: EngineConfig, deps: OpenStoreDeps): Promise<Store> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const plugin = pick(STORES, config.store.type);
  const store = await plugin.create(config.store.config, { dataDir: config.dataDir, ...deps });
  return sealStore(store, config.sealing);
}
