import { formatProblem } from '../../core/problem.ts';
import { readSite } from '../../app/site.ts';
import { readOutbound } from '../../app/outbound-files.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT } from '../terminal.ts';

/** `jingluo check`: configuration, mappings, concepts and plans as a whole; changes nothing. */
export function registerCheck(cli: Cli): void {
  const check = cli.program
    .command('check')
    .description('check a configuration with its mappings and plans; changes nothing');
  withCommonOptions(check).action((options: CommonOptions) =>
    guarded(cli, options, async () => {
      const site = await readSite(options);
      if (!site.ok) {
        for (const found of site.error)
          cli.terminal.err(options.json === true ? JSON.stringify(found) : formatProblem(found));
        cli.terminal.err(`${site.error.length} faults; nothing was changed.`);
        return EXIT.usage;
      }
      const { config, followUp, concepts, mappings } = site.value;
      const outbound = await readOutbound(config.folders.mappings);
      if (!outbound.ok) {
        for (const found of outbound.error)
          cli.terminal.err(options.json === true ? JSON.stringify(found) : formatProblem(found));
        return EXIT.usage;
      }
      const facts = {
        file: config.file,
        data: config.dataDir,
        store: config.store.type,
        channels: config.channels.map(({ settings, type }) => `${settings.name} (${type}, ${settings.source})`),
        sites: mappings.sites,
        outbound: outbound.value.names,
        plans: followUp.plans.map(({ id, version, status }) => `${id} ${version} ${status}`),
        concepts: concepts.definitions.map(({ id }) => id),
      };
      cli.terminal.out(
        options.json === true
          ? JSON.stringify(facts)
          : Object.entries(facts)
              .map(([name, value]) => `${name.padEnd(9)} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
              .join('\n'),
      );
      return EXIT.ok;
    }),
  );
  withExamples(check, ['check --config /etc/jingluo/jingluo.yaml', 'check --config site.yaml --json']);
}
