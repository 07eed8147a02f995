import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { hl7Files, mapFile, type Mapped, type MapOptions } from '../../app/map-files.ts';
import { changesIn } from '../../app/watch-paths.ts';
import { bundleText } from '../../app/bundle.ts';
import { loadSite } from '../../app/site.ts';
import { didYouMean } from '../../core/nearest.ts';
import { formatProblem, JingluoError, problem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT, fail, type Terminal } from '../terminal.ts';

/** Options of the commands that map files. */
export interface MapCommandOptions extends CommonOptions {
  readonly out?: string;
  readonly site?: string;
  readonly source: string;
  readonly charset?: string;
  readonly watch?: boolean;
}

/** Adds what says where the messages of files come from. */
export function withMapOptions(command: ReturnType<typeof withCommonOptions>): typeof command {
  return command
    .option('--site <name>', 'site overlay of the mappings')
    .option('--source <name>', 'source that the messages are taken from', 'FILE')
    .option('--charset <name>', 'charset where MSH-18 is absent or wrong');
}

/** What {@link mapFile} needs, from the options and the configuration. */
export async function mapOptions(options: MapCommandOptions): Promise<MapOptions> {
  const { config, mappings } = await loadSite(options);
  const { site } = options;
  if (site !== undefined && !mappings.sites.includes(site)) {
    const message = `There is no site overlay "${site}" below mappings/sites${didYouMean(site, mappings.sites)}.`;
    throw new JingluoError(problem('operation.bad-parameter', message));
  }
  return {
    mappings,
    source: options.source,
    ids: config.sources[options.source]?.ids ?? {},
    zone: config.zone,
    ...(site === undefined ? {} : { site }),
    ...(options.charset === undefined ? {} : { charset: options.charset }),
  };
}

/** `jingluo map FILE|DIR`: one Bundle a message, on standard output or below `--out` under the same base name. */
export function registerMap(cli: Cli): void {
  const map = cli.program.command('map <path>').description('map HL7 v2 messages to FHIR bundles, one a message');
  withMapOptions(withCommonOptions(map))
    .option('--out <dir>', 'write NAME.json files here instead of printing')
    .option('--watch', 'map again whenever the messages or the mappings change, until interrupted')
    .action((given: string, options: MapCommandOptions) =>
      guarded(cli, options, async () => {
        const all = await mapAll(cli.terminal, given, options);
        if (options.watch !== true) return all;
        const { config } = await loadSite(options);
        const stop = new AbortController();
        process.once('SIGINT', () => {
          stop.abort();
        });
        for await (const change of changesIn([config.folders.mappings, given], stop.signal)) {
          cli.terminal.err(`change ${change}`);
          await mapAll(cli.terminal, given, options).catch((error: unknown) => fail(cli.terminal, error, false));
        }
        return EXIT.ok;
      }),
    );
  withExamples(map, [
    'map adt.hl7',
    'map messages/ --out bundles/ --site county-hospital',
    'map gbk.hl7 --charset GB18030',
    'map discharge.xml --source EMR',
    'map adt.hl7 --site county-hospital --watch',
  ]);
}

/** Maps everything once. */
async function mapAll(terminal: Terminal, given: string, options: MapCommandOptions): Promise<number> {
  const how = await mapOptions(options);
  let failed = 0;
  let done = 0;
  for (const file of await hl7Files(given)) {
    for (const mapped of await mapFile(file, how)) {
      done += 1;
      if (!(await show(terminal, mapped, given, options))) failed += 1;
    }
  }
  if (options.out !== undefined) terminal.err(`${done - failed} of ${done} messages mapped.`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

async function show(terminal: Terminal, mapped: Mapped, root: string, options: MapCommandOptions): Promise<boolean> {
  const { file, index, count, result } = mapped;
  const name = count === 1 ? file : `${file}#${index}`;
  if (result === undefined) {
    terminal.err(`${name}: ${mapped.problem === undefined ? '' : formatProblem(mapped.problem)}`);
    return false;
  }
  for (const warning of result.warnings) terminal.err(`${name}: ${formatProblem(warning)}`);
  const text = bundleText(result);
  if (options.out === undefined) {
    terminal.out(text);
    return true;
  }
  const below = path.relative(root, file) === '' ? path.basename(file) : path.relative(root, file);
  const base = below.replace(/\.[^./\\]+$/, '');
  const target = path.join(options.out, `${base}${count === 1 ? '' : `-${index}`}.json`);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, `${text}\n`);
  return true;
}
