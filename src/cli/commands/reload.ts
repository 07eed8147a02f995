import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';

/** `jingluo reload`: a running engine reads its files again. */
export function registerReload(cli: Cli): void {
  const reload = cli.program
    .command('reload')
    .description('let the running engine read its files again; nothing changes unless all of them are right');
  withCommonOptions(reload).action((options: CommonOptions) =>
    askAndPrint(cli, { operation: 'reload', params: {}, options, format: (line) => JSON.stringify(line) }),
  );
  withExamples(reload, ['reload', 'reload --config /etc/jingluo/jingluo.yaml']);
}
