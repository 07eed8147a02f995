import { stat } from 'node:fs/promises';

import { differencesOf, type Difference } from '../../app/diff-mappings.ts';
import { hl7Files, mapBytes, readMessages, type MapOptions, type Unmapped } from '../../app/map-files.ts';
import { runOperation } from '../../app/run-operation.ts';
import { loadSite, mappingsIn } from '../../app/site.ts';
import { JingluoError, problem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli } from '../command.ts';
import { EXIT, shown, type Terminal } from '../terminal.ts';
import { mapOptions, withMapOptions, type MapCommandOptions } from './map.ts';

interface DiffOptions extends MapCommandOptions {
  readonly stored?: boolean;
  readonly channel?: string;
  readonly since?: string;
  readonly limit?: string;
}

/** `jingluo diff BASE SITE FILE…`: what another mapping would make of the same messages. */
export function registerDiff(cli: Cli): void {
  const diff = cli.program
    .command('diff <before> <after> [files...]')
    .description(
      'what another mapping would change: each is "base", the name of a site overlay, or a mappings folder (FOLDER#SITE)',
    );
  withMapOptions(withCommonOptions(diff))
    .option('--stored', 'on stored messages, the newest first')
    .option('--channel <name>', 'stored messages of this channel only')
    .option('--since <time>', 'stored messages received at or after this time (ISO 8601)')
    .option('--limit <n>', 'so many stored messages', '100')
    .action((before: string, after: string, files: readonly string[], options: DiffOptions) =>
      guarded(cli, options, () => run(cli.terminal, [before, after], files, options)),
    );
  withExamples(diff, [
    'diff base county-hospital messages/',
    'diff county-hospital ./changed-mappings#county-hospital adt.hl7',
    'diff base county-hospital --stored --channel lis --limit 1000',
  ]);
}

async function run(
  terminal: Terminal,
  [before, after]: readonly [string, string],
  files: readonly string[],
  options: DiffOptions,
): Promise<number> {
  const common = await mapOptions(options);
  const [first, second] = [await operand(common, before, options), await operand(common, after, options)];
  const counts = new Map<string, number>();
  let [all, changed] = [0, 0];
  for await (const { message, charset } of messagesOf(files, options)) {
    const how = charset === undefined ? {} : { charset };
    const found = differencesOf(mapBytes(message, { ...first, ...how }), mapBytes(message, { ...second, ...how }));
    all += 1;
    if (found.length === 0) continue;
    changed += 1;
    const { file, index, count } = message;
    show(terminal, count === 1 ? file : `${file}, message ${index}`, found, options.json === true);
    for (const place of new Set(found.map((one) => one.place.replaceAll(/\[\d+\]/gu, '')))) {
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  if (options.json !== true) summary(terminal, { all, changed, counts });
  return EXIT.ok;
}

/** The mappings that a name on the command line stands for. */
async function operand(common: MapOptions, name: string, options: DiffOptions): Promise<MapOptions> {
  const { mappings, source, ids, zone } = common;
  const rest = { mappings, source, ids, zone, ...(common.charset === undefined ? {} : { charset: common.charset }) };
  if (name === 'base') return rest;
  if (common.mappings.sites.includes(name)) return { ...rest, site: name };
  const [folder = '', site] = name.split('#', 2);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    const sites = (await loadSite(options)).mappings.sites.join(', ');
    const message = `"${name}" is neither base, a site overlay (${sites}) nor a mappings folder.`;
    throw new JingluoError(problem('operation.bad-parameter', message));
  }
  return { ...rest, mappings: await mappingsIn(folder), ...(site === undefined ? {} : { site }) };
}

interface Given {
  readonly message: Unmapped;
  readonly charset?: string;
}

async function* messagesOf(files: readonly string[], options: DiffOptions): AsyncIterable<Given> {
  for (const given of files) {
    for (const file of await hl7Files(given)) for (const message of await readMessages(file)) yield { message };
  }
  if (options.stored !== true) return;
  const { channel, since, limit } = options;
  for await (const line of runOperation('messages.bytes', { channel, since, limit }, options)) {
    const [bytes, receivedAt] = [Buffer.from(shown(line['base64']), 'base64'), new Date(shown(line['receivedAt']))];
    const message = { file: shown(line['id']), index: 1, count: 1, bytes, receivedAt };
    yield typeof line['charset'] === 'string' ? { message, charset: line['charset'] } : { message };
  }
}

function show(terminal: Terminal, name: string, differences: readonly Difference[], json: boolean): void {
  if (json) {
    terminal.out(JSON.stringify({ message: name, differences }));
    return;
  }
  terminal.out(name);
  for (const { place, before, after } of differences) {
    if (before !== undefined) terminal.out(`- ${place}: ${before}`);
    if (after !== undefined) terminal.out(`+ ${place}: ${after}`);
  }
}

interface Counted {
  readonly all: number;
  readonly changed: number;
  readonly counts: ReadonlyMap<string, number>;
}

function summary(terminal: Terminal, { all, changed, counts }: Counted): void {
  terminal.out(`${changed} of ${all} messages would change`);
  const rows = [...counts].sort(([, a], [, b]) => b - a).slice(0, 20);
  for (const [place, count] of rows) terminal.out(`  ${count}  ${place}`);
}
