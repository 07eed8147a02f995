import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';
import type { Line } from '../../app/operations/operation.ts';

interface PersonOptions extends CommonOptions {
  readonly reason?: string;
  readonly by?: string;
  readonly confirmedBy?: string;
  readonly out?: string;
}

const asJson = (line: Line): string => JSON.stringify(line, undefined, 2);

/** `jingluo person show|explain|merge|split|export`. */
export function registerPersons(cli: Cli): void {
  const person = cli.program.command('person').description('show, explain, merge, split and export persons');
  const show = person.command('show <id>').description('the patient document; id: any member, or NAMESPACE|VALUE');
  withCommonOptions(show).action((id: string, options: PersonOptions) =>
    askAndPrint(cli, { operation: 'person.show', params: { id }, options, format: asJson }),
  );
  const explain = person
    .command('explain <id>')
    .description('why these source records are one person, and what speaks against it');
  withCommonOptions(explain).action((id: string, options: PersonOptions) =>
    askAndPrint(cli, { operation: 'person.explain', params: { id }, options, format: asJson }),
  );
  const merge = person.command('merge <a> <b>').description('say that two source records are the same human being');
  withDecision(withCommonOptions(merge)).action((a: string, b: string, options: PersonOptions) =>
    askAndPrint(cli, { operation: 'person.merge', params: { ...options, a, b }, options, format: asJson }),
  );
  const split = person.command('split <a> [b]').description('undo: say that a source record is somebody else');
  withDecision(withCommonOptions(split)).action((a: string, b: string | undefined, options: PersonOptions) =>
    askAndPrint(cli, { operation: 'person.split', params: { ...options, a, b }, options, format: asJson }),
  );
  const exported = person
    .command('export')
    .description('every source record with its person, as CSV namespace,id,person');
  withCommonOptions(exported).action((options: PersonOptions) => {
    if (options.json !== true) cli.terminal.out('namespace,id,person');
    return askAndPrint(cli, { operation: 'person.export', params: {}, options, format: csvRow });
  });
  withExamples(person, [
    "person show 'HOSP01|P1'",
    'person explain 5a3c…',
    "person split 'HOSP01|T77' --reason 'wrong merge'",
    'person export > persons.csv',
  ]);
}

/** Who decides, and why. */
function withDecision(command: ReturnType<typeof withCommonOptions>): typeof command {
  return command
    .option('--reason <text>', 'why')
    .option('--by <user>', 'who decides', process.env['USER'] ?? 'cli')
    .option('--confirmed-by <user>', 'second person, where two persons with clinical data become one');
}

function csvRow({ namespace, id, person }: Line): string {
  return [namespace, id, person].map((value) => csvCell(shown(value))).join(',');
}

/** A CSV cell (RFC 4180): quoted where it must be. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
