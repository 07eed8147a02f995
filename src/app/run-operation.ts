import { setTimeout as sleep } from 'node:timers/promises';

import { askEngine } from './admin-socket.ts';
import { OPERATIONS } from './operations/builtins.ts';
import { OperationFailed, type Line, type Operation, type Params } from './operations/operation.ts';
import { loadSite, type Site, type SiteOptions } from './site.ts';
import { openEngine, type Opened } from './wire.ts';
import { JingluoError, problem } from '../core/problem.ts';

/** So long a command waits for another one, or for an engine that is about to start or stop, to let go of the store. */
const WAIT_FOR_STORE_MS = 5_000;
const AGAIN_MS = 100;

/**
 * Runs an operation: by the engine that runs on this data folder, or, where none runs, on the store opened for this one
 * command (which then holds its lock).
 */
export async function* runOperation(name: string, params: Params, options: SiteOptions): AsyncIterable<Line> {
  const operation = OPERATIONS.get(name);
  if (operation === undefined)
    throw new OperationFailed(problem('operation.unknown', `There is no operation ${name}.`));
  const site = await loadSite(options);
  const until = Date.now() + WAIT_FOR_STORE_MS;
  for (;;) {
    const asked = askEngine(site.config.dataDir, name, params)[Symbol.asyncIterator]();
    const first = await asked.next().catch((error: unknown) => {
      if (isNobodyThere(error)) return undefined;
      throw error;
    });
    if (first !== undefined) {
      for (let next = first; next.done !== true; next = await asked.next()) yield next.value;
      return;
    }
    const opened = await tryOpen(site, Date.now() < until);
    if (opened !== undefined) {
      yield* runOn(opened, operation, params);
      return;
    }
    await sleep(AGAIN_MS);
  }
}

/** Undefined where another process holds the store and there is time to try again. */
async function tryOpen(site: Site, again: boolean): Promise<Opened | undefined> {
  try {
    return await openEngine(site);
  } catch (error) {
    if (again && error instanceof JingluoError && error.problems[0]?.code === 'store.locked') return undefined;
    throw error;
  }
}

async function* runOn(opened: Opened, operation: Operation, params: Params): AsyncIterable<Line> {
  try {
    yield* operation.run(opened.engine, params);
  } finally {
    await opened.close();
  }
}

/** No engine listens: no socket, or one that a killed process left behind. */
function isNobodyThere(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}
