import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';
import type { Line } from '../../app/operations/operation.ts';

interface ListOptions extends CommonOptions {
  readonly state?: string;
  readonly channel?: string;
  readonly limit?: string;
  readonly raw?: boolean;
}

/** `jingluo messages [show|release] [id]`. */
export function registerMessages(cli: Cli): void {
  const list = cli.program.command('messages').description('list messages with their state; newest first');
  withCommonOptions(list)
    .option('--state <state>', 'only stored, done, failed or held')
    .option('--channel <name>', 'only of this channel')
    .option('--limit <n>', 'how many', '20')
    .action((options: ListOptions) =>
      askAndPrint(cli, { operation: 'messages.list', params: { ...options }, options, format: formatRow }),
    );
  withExamples(list, ['messages --state failed', 'messages show 3f0c… --raw', 'messages --json | jq .state']);
  const show = list.command('show <id>').description('one message: problems, warnings, unmapped fields, and its text');
  withCommonOptions(show)
    .option('--raw', 'print the text of the message (patient data)')
    .action((id: string, options: ListOptions) =>
      askAndPrint(cli, {
        operation: 'messages.show',
        params: { id, raw: options.raw === true },
        options,
        format: (line) => JSON.stringify(line, undefined, 2),
      }),
    );
  const release = list
    .command('release <id>')
    .description('let the messages behind a failed one go on (stop-lane channels)');
  withCommonOptions(release).action((id: string, options: CommonOptions) =>
    askAndPrint(cli, { operation: 'messages.release', params: { id }, options, format: formatRow }),
  );
}

function formatRow(line: Line): string {
  const { id, seq, state, channel, event, control, receivedAt, problem } = line;
  const parts = [seq, id, state, channel, event, control, receivedAt, problem];
  return parts.map(shown).join('  ');
}
