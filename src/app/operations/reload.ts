import { isDeepStrictEqual } from 'node:util';

import type { EngineConfig } from '../../config/engine-config.ts';
import { readSite } from '../site.ts';
import type { Engine } from '../engine.ts';
import { OperationFailed, type Line, type Operation } from './operation.ts';

/** Parts of the configuration that are read once, when the engine starts. */
const AT_START: readonly (keyof EngineConfig)[] = [
  'dataDir',
  'zone',
  'store',
  'sealing',
  'sources',
  'channels',
  'destinations',
  'senders',
  'http',
  'backlog',
];

/**
 * `reload`: reads the whole site again; only if all of it is right are its mappings used from then on. Says which changed
 * parts need a restart.
 */
const reload: Operation = {
  name: 'reload',
  summary: 'Reads the site again and uses its mappings.',
  run: reloadSite,
};

/** What `reload` does; ends with the first fault, the others are told before, and nothing changes then. */
export async function* reloadSite({ config, useMappings, mappings }: Engine): AsyncIterable<Line> {
  const before = new Set(mappings().sites);
  const site = await readSite({ config: config.file, data: config.dataDir });
  if (!site.ok) {
    const [first] = site.error;
    for (const found of site.error.slice(1)) yield { problem: found };
    if (first !== undefined) throw new OperationFailed(first);
    return;
  }
  useMappings(site.value.mappings, site.value.outbound);
  const restart = AT_START.filter((part) => !isDeepStrictEqual(config[part], site.value.config[part]));
  const sites = site.value.mappings.sites.filter((name) => !before.has(name));
  yield { reloaded: ['mappings'], newSites: sites, restartFor: restart };
}

/** Operations that apply changed files. */
export const RELOAD_OPERATIONS: readonly Operation[] = [reload];
