import { OPERATIONS } from '../app/operations/builtins.ts';
import { runEngine } from '../app/run-engine.ts';
import type { RunningEngine } from '../app/running-engine.ts';
import type { Site } from '../app/site.ts';
import { formatProblem } from '../core/problem.ts';
import type { Cli } from './command.ts';
import { problemsOf } from './terminal.ts';

/** Time that messages under way get when the engine is told to stop. */
const GRACE_MS = 20_000;

/** Starts the engine of a site and says on standard error where it listens. */
export async function startUp(cli: Cli, site: Site): Promise<RunningEngine> {
  const engine = await runEngine(site);
  for (const address of engine.addresses) cli.terminal.err(`listening on ${address}`);
  return engine;
}

/** Waits for SIGTERM or SIGINT; SIGHUP meanwhile reloads. */
export async function stayUp(engine: RunningEngine): Promise<void> {
  const hangUp = (): void => void reload(engine);
  process.on('SIGHUP', hangUp);
  await untilSignal();
  process.off('SIGHUP', hangUp);
}

/** Answers what is under way and ends the engine. */
export async function shutDown(cli: Cli, engine: RunningEngine): Promise<void> {
  cli.terminal.err('Stopping: answering what is under way.');
  await engine.stop(GRACE_MS);
}

/** SIGHUP: the same as `jingluo reload`; what it says goes to the log. */
async function reload({ engine }: RunningEngine): Promise<void> {
  const operation = OPERATIONS.get('reload');
  if (operation === undefined) return;
  try {
    for await (const line of operation.run(engine, {}))
      engine.log.info('site.reloaded', { result: JSON.stringify(line) });
  } catch (error) {
    const problems = problemsOf(error) ?? [];
    engine.log.error('site.reload-refused', { problem: problems.map(formatProblem).join(' ') });
  }
}

async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => {
      resolve();
    });
    process.once('SIGINT', () => {
      resolve();
    });
  });
}
