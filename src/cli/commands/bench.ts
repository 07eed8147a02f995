import { InvalidArgumentError } from 'commander';
import { cpus } from 'node:os';

import { runBench, type BenchRound, type BenchTotal } from '../../app/bench/run-bench.ts';
import { filesWorkload, syntheticWorkload } from '../../app/bench/workload.ts';
import { hl7Files } from '../../app/map-files.ts';
import { loadSite } from '../../app/site.ts';
import { guarded, withExamples, type Cli } from '../command.ts';
import { EXIT, type Terminal } from '../terminal.ts';

interface BenchCommandOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly channel?: string;
  readonly messages: number;
  readonly connections: readonly number[];
}

/** `jingluo bench [PATHS]`: what this machine does with the mappings and plans of a configuration. */
export function registerBench(cli: Cli): void {
  const bench = cli.program
    .command('bench [paths...]')
    .description(
      'measure this machine: HL7 files, or synthetic messages, over MLLP to an engine with a store of its own',
    )
    .option('--config <file>', 'configuration file; default: the demo configuration')
    .option('--json', 'one JSON text per line, for scripts')
    .option('--channel <name>', 'channel whose source, mappings and acknowledgement mode are used; default: the first')
    .option('--messages <count>', 'messages of each round', wholeNumber, 1_000)
    .option('--connections <counts>', 'connections of the rounds', wholeNumbers, [1, 4, 16])
    .addHelpText('after', '\nThe configured store, data folder and senders are not touched; nobody is messaged.')
    .action((paths: readonly string[], options: BenchCommandOptions) =>
      guarded(cli, options, () => measure(cli.terminal, paths, options)),
    );
  withExamples(bench, [
    'bench',
    'bench messages/ --config jingluo.yaml --channel his',
    'bench --messages 5000 --connections 1,8,32 --json',
  ]);
}

async function measure(terminal: Terminal, paths: readonly string[], options: BenchCommandOptions): Promise<number> {
  const files = (await Promise.all(paths.map(hl7Files))).flat();
  const workload = paths.length === 0 ? syntheticWorkload() : await filesWorkload(files);
  const site = await loadSite(options.config === undefined ? {} : { config: options.config });
  const progress = (text: string): void => {
    terminal.err(`${text} …`);
  };
  terminal.err(workload.name);
  const { channel, messages, connections } = options;
  let isGood = true;
  const how = { workload, messages, connections, progress, ...(channel === undefined ? {} : { channel }) };
  for await (const figures of runBench(site, how)) {
    if ('connections' in figures) isGood &&= Object.keys(figures.refused).length === 0;
    else isGood &&= figures.notDone === 0;
    const machine = 'connections' in figures ? {} : { machine: machineOf() };
    terminal.out(options.json === true ? JSON.stringify({ ...figures, ...machine }) : shownFigures(figures));
  }
  return isGood ? EXIT.ok : EXIT.failed;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It takes whole numbers from 1 on.');
}

const wholeNumbers = (text: string): readonly number[] => text.split(',').map(wholeNumber);

function shownFigures(figures: BenchRound | BenchTotal): string {
  if (!('connections' in figures)) {
    const { messages, rssMiB, storedPerByte, notDone } = figures;
    const sizes = `RSS at most ${rssMiB.toFixed(0)} MiB, ${storedPerByte.toFixed(1)} KB stored per KB of message`;
    const rest = notDone === 0 ? '' : `; ${notDone} failed or held`;
    return `${messages} messages, ${sizes}${rest}\n${machineOf()}`;
  }
  const { connections, perSecond, ackP50Ms, ackP99Ms, cpuMs, refused } = figures;
  const cells = [
    `${connections} ${connections === 1 ? 'connection' : 'connections'}`.padEnd(14),
    `${perSecond.toFixed(0).padStart(6)} messages/s`,
    `acknowledged p50 ${ackP50Ms.toFixed(1)} ms, p99 ${ackP99Ms.toFixed(1)} ms`,
    `CPU ${cpuMs.toFixed(2)} ms per message`,
    ...Object.entries(refused).map(([code, count]) => `${count} answered ${code}`),
  ];
  return cells.join('   ');
}

function machineOf(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, ${process.platform}`;
}
