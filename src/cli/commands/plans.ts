import type { Line } from '../../app/operations/operation.ts';
import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';

interface SimulateOptions extends CommonOptions {
  readonly patient: string;
  readonly from?: string;
  readonly key?: string;
  readonly anchor?: readonly string[];
}

/** `jingluo plan simulate`. */
export function registerPlans(cli: Cli): void {
  const plan = cli.program.command('plan').description('follow-up plans');
  const simulate = plan
    .command('simulate <plan>')
    .description('what a plan would do for one patient: dates, texts, channels, gate decisions; nothing is written');
  withCommonOptions(simulate)
    .requiredOption('--patient <id>', 'NAMESPACE|VALUE or the id of a source record')
    .option('--from <time>', 'leave out what is due before; default: now')
    .option('--key <key>', 'enrolment key, where dates depend on one visit; default: of the latest enrolment')
    .option('--anchor <name=date...>', 'dates that the record does not give')
    .action((id: string, options: SimulateOptions) =>
      askAndPrint(cli, { operation: 'plan.simulate', params: { ...options, plan: id }, options, format: row }),
    );
  withExamples(plan, [
    "plan simulate joint-replacement-postop --patient 'HOSP01|P1'",
    "plan simulate joint-replacement-postop --patient 'HOSP01|P1' --anchor surgery=2026-11-19 --from 2026-11-20",
  ]);
}

function row({ note, due, step, n, action, decision, until, channel, text }: Line): string {
  if (note !== undefined) return shown(note);
  const held = until === undefined ? shown(decision) : `${shown(decision)} until ${shown(until)}`;
  return [due, `${shown(step)}#${shown(n)}`, action, held, channel, text].map(shown).join('  ');
}
