import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';

interface ReplayOptions extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly channel?: string;
  readonly state?: string;
  readonly fire?: boolean;
}

/** `jingluo replay [ids…]`. */
export function registerReplay(cli: Cli): void {
  const replay = cli.program
    .command('replay [ids...]')
    .description('process messages again, through the mappings as they are now; messages nobody unless --fire');
  withCommonOptions(replay)
    .option('--since <time>', 'all received at or after this time (ISO 8601)')
    .option('--until <time>', 'all received before this time')
    .option('--channel <name>', 'only of this channel')
    .option('--state <state>', 'only done, failed or held')
    .option('--fire', 'let steps and alerts fire as if the messages were new')
    .action((ids: readonly string[], options: ReplayOptions) =>
      askAndPrint(cli, {
        operation: 'replay',
        params: { ...options, ids },
        options,
        format: ({ id, state, done, problem }) =>
          id === undefined
            ? `${shown(done)} processed again`
            : [id, state, ...(problem === undefined ? [] : [problem])].map(shown).join('  '),
      }),
    );
  withExamples(replay, ['replay 3f0c…', 'replay --state failed --channel lis', 'replay --since 2026-11-21 --fire']);
}
