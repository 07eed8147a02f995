import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';

/** `jingluo status`: what the store holds and how deep the queues are. */
export function registerStatus(cli: Cli): void {
  const status = cli.program
    .command('status')
    .description('what the store holds, whether an engine runs, how deep its queues are');
  withCommonOptions(status).action((options: CommonOptions) =>
    askAndPrint(cli, {
      operation: 'status',
      params: {},
      options,
      format: (line) => JSON.stringify(line, undefined, 2),
    }),
  );
  withExamples(status, ['status', 'status --json']);
}
