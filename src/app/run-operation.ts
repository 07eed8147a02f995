import { askEngine } from './admin-socket.ts';
import { OPERATIONS } from './operations/builtins.ts';
import { OperationFailed, type Line, type Params } from './operations/operation.ts';
import { loadSite, type SiteOptions } from './site.ts';
import { openEngine } from './wire.ts';
import { problem } from '../core/problem.ts';

/**
 * Runs an operation: by the engine that runs on this data folder, or, where none runs, on the store opened for this one
 * command (which then holds its lock).
 */
export async function* runOperation(name: string, params: Params, options: SiteOptions): AsyncIterable<Line> {
  const operation = OPERATIONS.get(name);
  if (operation === undefined)
    throw new OperationFailed(problem('operation.unknown', `There is no operation ${name}.`));
  const site = await loadSite(options);
  const { dataDir } = site.config;
  const asked = askEngine(dataDir, name, params)[Symbol.asyncIterator]();
  const first = await asked.next().catch((error: unknown) => {
    if (isNobodyThere(error)) return undefined;
    throw error;
  });
  if (first !== undefined) {
    for (let next = first; next.done !== true; next = await asked.next()) yield next.value;
    return;
  }
  const opened = await openEngine(site);
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
