import type { Line } from '../../app/operations/operation.ts';
import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';

interface WorkOptions extends CommonOptions {
  readonly patient?: string;
  readonly by?: string;
}

/** `jingluo work list|acknowledge`; `jingluo work` alone lists. */
export function registerWork(cli: Cli): void {
  const work = cli.program.command('work').description('open tasks, and what follow-up will do next');
  const list = work.command('list', { isDefault: true }).description('open tasks, most urgent first, then what is due');
  withCommonOptions(list)
    .option('--patient <id>', 'only of this person: NAMESPACE|VALUE or the id of a source record')
    .action((options: WorkOptions) =>
      askAndPrint(cli, { operation: 'work.list', params: { ...options }, options, format: row }),
    );
  const acknowledge = work
    .command('acknowledge <id>')
    .description('say that an alert has been seen; id: Task/…, an attempt or an occurrence');
  withCommonOptions(acknowledge)
    .option('--by <user>', 'who has seen it', process.env['USER'] ?? 'cli')
    .action((id: string, options: WorkOptions) =>
      askAndPrint(cli, {
        operation: 'work.acknowledge',
        params: { ...options, id },
        options,
        format: ({ occurrence, by }) => `${shown(occurrence)}  acknowledged by ${shown(by)}`,
      }),
    );
  withExamples(work, ['work', "work --patient 'HOSP01|P1'", 'work acknowledge Task/5a3c… --by 1013']);
}

function row({ kind, id, due, state, priority, code, text, plan, step, of, owner }: Line): string {
  const what = kind === 'task' ? [priority, text, owner] : [of, `${shown(plan)}/${shown(step)}`, code];
  return [shown(kind).padEnd(10), id, due, state, ...what].map(shown).join('  ');
}
