import { playDemoDay } from '../../app/demo/play.ts';
import { loadSite } from '../../app/site.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shutDown, startUp, stayUp } from '../stay-up.ts';
import { EXIT } from '../terminal.ts';

interface StartOptions extends CommonOptions {
  readonly demo: boolean;
}

/** `jingluo start`: runs the engine until it is told to stop; without a configuration it plays the demo day. */
export function registerStart(cli: Cli): void {
  const start = cli.program
    .command('start')
    .description('run the engine; without --config: the demo day, then stay up');
  withCommonOptions(start)
    .option('--no-demo', 'no traffic of the demo day')
    .action((options: StartOptions) =>
      guarded(cli, options, async () => {
        const engine = await startUp(cli, await loadSite(options));
        if (engine.engine.config.demo && options.demo)
          await playDemoDay(engine, (text) => {
            cli.terminal.out(text);
          });
        await stayUp(engine);
        await shutDown(cli, engine);
        return EXIT.ok;
      }),
    );
  withExamples(start, ['start', 'start --no-demo', 'start --config /etc/jingluo/jingluo.yaml --data /var/lib/jingluo']);
}
