import { playDemoDay } from '../../app/demo/play.ts';
import { onFreePorts } from '../../app/free-ports.ts';
import { loadSite, type Site, type SiteOptions } from '../../app/site.ts';
import { JingluoError, problem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shutDown, startUp, stayUp } from '../stay-up.ts';
import { EXIT } from '../terminal.ts';

interface DemoOptions extends CommonOptions {
  readonly once: boolean;
  readonly freePorts: boolean;
}

/** `jingluo demo`: plays the demo day, then stays up with the phone simulator. */
export function registerDemo(cli: Cli): void {
  const demo = cli.program.command('demo').description('play the demo day through real doors, then stay up');
  withCommonOptions(demo)
    .option('--once', 'end after the day; exit code 1 where an answer was not the expected one', false)
    .option('--free-ports', 'listen on any free ports instead of the configured ones', false)
    .action((options: DemoOptions) => guarded(cli, options, () => runDemo(cli, options)));
  withExamples(demo, ['demo', 'demo --once --free-ports --data /tmp/demo', 'demo --once --json']);
}

async function runDemo(cli: Cli, options: DemoOptions): Promise<number> {
  const site = await demoSite(options);
  const engine = await startUp(cli, options.freePorts ? onFreePorts(site) : site);
  try {
    const asExpected = await playDemoDay(engine, (text, facts) => {
      cli.terminal.out(options.json === true ? JSON.stringify(facts) : text);
    });
    if (!options.once) {
      await stayUp(engine);
      return EXIT.ok;
    }
    return asExpected ? EXIT.ok : EXIT.failed;
  } finally {
    await shutDown(cli, engine);
  }
}

/** Only a demo has a clock of its own that may be put forward. */
async function demoSite(options: SiteOptions): Promise<Site> {
  const site = await loadSite(options);
  if (site.config.demo) return site;
  const { file } = site.config;
  throw new JingluoError(problem('config.not-a-demo', 'This configuration does not say "demo: true".', { file }));
}
