import type { Line } from '../../app/operations/operation.ts';
import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';

interface CodesOptions extends CommonOptions {
  readonly source?: string;
  readonly table?: string;
  readonly all?: boolean;
  readonly display?: string;
  readonly site?: string;
}

const CSV = ['source', 'table', 'code', 'messages', 'firstMessage', 'firstAt'] as const;

const csvCell = (value: unknown): string => `"${shown(value).replaceAll('"', '""')}"`;

function row({ source, table, code, messages, firstMessage }: Line): string {
  return [source, table, code, `${shown(messages)} messages`, `first ${shown(firstMessage)}`].map(shown).join('  ');
}

const again = ({ id, state, done, added, reloaded, problem }: Line): string | undefined => {
  if (added !== undefined) return `${shown(added)} has the code now`;
  if (reloaded !== undefined) return undefined;
  if (id === undefined) return `${shown(done)} processed again`;
  return [id, state, ...(problem === undefined ? [] : [problem])].map(shown).join('  ');
};

/** `jingluo codes list|export|add|replay`. */
export function registerCodes(cli: Cli): void {
  const codes = cli.program.command('codes').description('codes that the tables of the mappings lack');
  const listed = (command: ReturnType<typeof withCommonOptions>): typeof command =>
    withCommonOptions(command)
      .option('--source <name>', 'only of this source')
      .option('--table <name>', 'only of this table')
      .option('--all', 'those that no message waits for any more, too');
  listed(codes.command('list').description('by source and table, the most frequent first')).action(
    (options: CodesOptions) =>
      askAndPrint(cli, { operation: 'codes.list', params: { ...options }, options, format: row }),
  );
  listed(codes.command('export').description('the same as CSV, for a terminologist')).action(
    (options: CodesOptions) => {
      if (options.json !== true) cli.terminal.out(CSV.join(','));
      const format = (line: Line): string => CSV.map((name) => csvCell(line[name])).join(',');
      return askAndPrint(cli, { operation: 'codes.list', params: { ...options }, options, format });
    },
  );
  const add = withCommonOptions(codes.command('add <source> <table> <code> <target>'))
    .description("add a line to the table of the source's site and process again what waited for it")
    .option('--display <text>', 'name of the target code')
    .option('--site <name>', "overlay, where the source's channels do not tell");
  add.action(() => {
    const [source, table, code, target] = add.args;
    const options = add.opts<CodesOptions>();
    const params = { ...options, source, table, code, target };
    return askAndPrint(cli, { operation: 'codes.add', params, options, format: again });
  });
  withCommonOptions(codes.command('replay <source> <table> <code>'))
    .description('process again what had the code')
    .action((source: string, table: string, code: string, options: CodesOptions) => {
      const params = { ...options, source, table, code };
      return askAndPrint(cli, { operation: 'codes.replay', params, options, format: again });
    });
  withExamples(codes, [
    'codes list --source LIS',
    'codes export > codes.csv',
    "codes add LIS local-to-loinc GLU-S 14749-6 --display 'Glucose [Moles/volume] in Serum or Plasma'",
  ]);
}
