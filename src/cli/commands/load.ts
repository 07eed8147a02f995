import cliProgress from 'cli-progress';
import path from 'node:path';

import type { Line } from '../../app/operations/operation.ts';
import { runOperation } from '../../app/run-operation.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT, shown } from '../terminal.ts';

interface LoadOptions extends CommonOptions {
  readonly channel?: string;
  readonly source?: string;
}

/** `jingluo load FILES`: history, with a progress bar on a terminal. */
export function registerLoad(cli: Cli): void {
  const load = cli.program
    .command('load <files...>')
    .description('load history: HL7 v2 files and batches, FHIR Bundles and NDJSON (.gz too); messages nobody');
  withCommonOptions(load)
    .option('--channel <name>', 'channel whose source and mappings HL7 messages have; default: the first')
    .option('--source <name>', 'source of FHIR resources', 'LOAD')
    .action((files: readonly string[], options: LoadOptions) =>
      guarded(cli, options, async () => {
        const bar = process.stderr.isTTY && options.json !== true ? startBar() : undefined;
        const params = {
          files: files.map((file) => path.resolve(file)),
          channel: options.channel,
          source: options.source,
        };
        let failed = 0;
        for await (const line of runOperation('load', params, options)) {
          if (typeof line['progress'] === 'number') bar?.update(line['progress']);
          if (typeof line['failed'] === 'number') failed = line['failed'];
          const text = options.json === true ? JSON.stringify(line) : loadLine(line);
          if (text !== undefined) cli.terminal.out(text);
        }
        bar?.stop();
        return failed === 0 ? EXIT.ok : EXIT.failed;
      }),
    );
  withExamples(load, ['load history/*.hl7 --channel his', 'load patients.ndjson.gz --source EMR']);
}

function startBar(): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage}% | {eta_formatted}',
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(1, 0);
  return bar;
}

function loadLine({ file, problem, progress, messages, loaded, known, failed }: Line): string | undefined {
  if (problem !== undefined) return `${shown(file)}: ${shown(problem)}`;
  if (progress !== undefined) return undefined;
  return `${shown(messages)} messages: ${shown(loaded)} loaded, ${shown(known)} known already, ${shown(failed)} failed`;
}
