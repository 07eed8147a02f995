import { OPERATIONS } from '../../app/operations/builtins.ts';
import { loadSite, type SiteOptions } from '../../app/site.ts';
import { formatProblem } from '../../core/problem.ts';
import { runEngine } from '../../app/run-engine.ts';
import type { RunningEngine } from '../../app/running-engine.ts';
import { playDemoDay } from '../../app/demo/play.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT, problemsOf } from '../terminal.ts';

interface StartOptions extends CommonOptions {
  readonly demo: boolean;
}

/** Time that messages under way get on SIGTERM. */
const GRACE_MS = 20_000;

/** `jingluo start`: runs the engine until it is told to stop; without a configuration it plays the demo day. */
export function registerStart(cli: Cli): void {
  const start = cli.program
    .command('start')
    .description('run the engine; without --config: the demo day, then stay up');
  withCommonOptions(start)
    .option('--no-demo', 'no traffic of the demo day')
    .action((options: StartOptions) =>
      guarded(cli, options, async () => {
        const engine = await startUp(cli, options);
        if (engine.engine.config.demo && options.demo)
          await playDemoDay(engine, (text) => {
            cli.terminal.out(text);
          });
        const hangUp = (): void => void reload(engine);
        process.on('SIGHUP', hangUp);
        await untilSignal();
        process.off('SIGHUP', hangUp);
        cli.terminal.err('Stopping: answering what is under way.');
        await engine.stop(GRACE_MS);
        return EXIT.ok;
      }),
    );
  withExamples(start, ['start', 'start --no-demo', 'start --config /etc/jingluo/jingluo.yaml --data /var/lib/jingluo']);
}

async function startUp(cli: Cli, options: SiteOptions): Promise<RunningEngine> {
  const site = await loadSite(options);
  const engine = await runEngine(site);
  for (const address of engine.addresses) cli.terminal.err(`listening on ${address}`);
  return engine;
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
