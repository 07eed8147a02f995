import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { unmapFile, type UnmapFileOptions } from '../../app/unmap-files.ts';
import { formatProblem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT, type Terminal } from '../terminal.ts';

type UnmapOptions = CommonOptions & UnmapFileOptions & ShowOptions;

type Message = Awaited<ReturnType<typeof unmapFile>>['messages'][number];

interface ShowOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly unsaid?: boolean;
}

/** `jingluo unmap FILE`: the HL7 v2 messages that a Bundle says, for people line by line, below `--out` as they are sent. */
export function registerUnmap(cli: Cli): void {
  const command = cli.program
    .command('unmap <file>')
    .description('make HL7 v2 messages of FHIR resources with the outbound mappings');
  withCommonOptions(command)
    .requiredOption('--send <message>', 'message to make: ADT_A08, ADT_A40, ORU_R01, MDM_T02, SIU_S12, ORM_O01')
    .option('--site <name>', 'site overlay of the mappings')
    .option('--before <file>', 'the resources as they were sent before: what is gone since is sent as ""')
    .option('--settings <file>', 'settings of the receiver (YAML, docs/mapping-outbound.md)')
    .option('--charset <name>', 'charset of the receiver, as MSH-18 calls it')
    .option('--explain', 'show the rule and the element of every value')
    .option('--unsaid', 'list the elements that the messages do not say')
    .option('--out <dir>', 'write NAME.hl7 files here, in the charset of the receiver')
    .action((file: string, options: UnmapOptions) =>
      guarded(cli, options, async () => {
        const result = await unmapFile(file, options);
        for (const [index, message] of result.messages.entries()) {
          await show(cli.terminal, message, nameOf(file, index, result.messages.length), options);
        }
        if (result.messages.length > 0) return EXIT.ok;
        cli.terminal.err(`${file} holds nothing that ${options.send} is about.`);
        return EXIT.failed;
      }),
    );
  withExamples(command, [
    'unmap bundle.json --send ORU_R01',
    'unmap patient.json --send ADT_A08 --before yesterday.json --settings his.yaml',
    'unmap bundle.json --send SIU_S12 --out messages/ --charset "GB 18030-2000"',
  ]);
}

function nameOf(file: string, index: number, count: number): string {
  const base = path.basename(file).replace(/\.[^./\\]+$/, '');
  return count === 1 ? base : `${base}-${index + 1}`;
}

function explained({ trace = [] }: Message): readonly string[] {
  return trace.map(({ place, rule, elements }) => `  ${place}  ${elements.join(', ') || '(constant)'}  ${rule}`);
}

async function show(terminal: Terminal, message: Message, name: string, options: ShowOptions): Promise<void> {
  for (const warning of message.warnings) terminal.err(`${name}: ${formatProblem(warning)}`);
  if (options.unsaid === true) {
    for (const { path: element, reason } of message.unsaid) terminal.err(`${name}: ${element} is not said (${reason})`);
  }
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true });
    await writeFile(path.join(options.out, `${name}.hl7`), message.bytes);
  } else if (options.json === true) {
    const { about, text, unsaid, warnings, trace } = message;
    terminal.out(JSON.stringify({ about, text, unsaid, warnings, trace }));
  } else {
    terminal.out(message.text.trimEnd().replaceAll('\r', '\n'));
    for (const line of explained(message)) terminal.out(line);
  }
}
