import { writeFile } from 'node:fs/promises';

import { explainPage } from '../../app/explain-html.ts';
import { hl7Files, mapFile, readMessages, type Mapped } from '../../app/map-files.ts';
import { formatProblem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli } from '../command.ts';
import { EXIT, table, type Terminal } from '../terminal.ts';
import { mapOptions, withMapOptions, type MapCommandOptions } from './map.ts';

interface ExplainOptions extends MapCommandOptions {
  readonly html?: string;
}

/** `jingluo explain FILE`: each output element with its rule and HL7 address, then the fields that nothing read. */
export function registerExplain(cli: Cli): void {
  const explain = cli.program
    .command('explain <file>')
    .description('show for each output element its rule and HL7 address, and each field that ended nowhere');
  const command = withMapOptions(withCommonOptions(explain));
  command.option('--html <file>', 'write a page instead, to be opened in a browser');
  command.action((file: string, options: ExplainOptions) =>
    guarded(cli, options, async () => {
      const how = { ...(await mapOptions(options)), trace: true };
      if (options.html !== undefined) {
        const messages = (await Promise.all((await hl7Files(file)).map(readMessages))).flat();
        await writeFile(options.html, explainPage(messages, how));
        return EXIT.ok;
      }
      const mapped = (await Promise.all((await hl7Files(file)).map((one) => mapFile(one, how)))).flat();
      for (const one of mapped) print(cli.terminal, one, options.json === true);
      return mapped.every(({ result }) => result !== undefined) ? EXIT.ok : EXIT.failed;
    }),
  );
  withExamples(explain, [
    'explain adt.hl7',
    'explain oru.hl7 --site county-hospital',
    'explain oru.hl7 --json',
    'explain oru.hl7 --html oru.html',
  ]);
}

function print(terminal: Terminal, { file, index, count, result, problem }: Mapped, json: boolean): void {
  if (json) {
    terminal.out(
      JSON.stringify({
        file,
        index,
        problem,
        trace: result?.trace,
        unmapped: result?.unmapped,
        warnings: result?.warnings,
      }),
    );
    return;
  }
  terminal.out(count === 1 ? file : `${file}, message ${index} of ${count}`);
  if (result === undefined) {
    terminal.err(problem === undefined ? '' : formatProblem(problem));
    return;
  }
  const rows = (result.trace ?? []).map(({ leaf, rule, addresses }) => [leaf, addresses.join(', '), rule]);
  terminal.out(table(['element', 'from', 'rule'], rows));
  if (result.unmapped.length === 0) terminal.out('\nEvery populated field ended in an element.');
  else
    terminal.out(
      `\n${table(
        ['unread field', 'why'],
        result.unmapped.map(({ address, reason }) => [address, reason]),
      )}`,
    );
  for (const warning of result.warnings) terminal.out(`warning: ${formatProblem(warning)}`);
}
