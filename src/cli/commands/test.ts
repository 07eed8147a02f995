import { loadSite } from '../../app/site.ts';
import { testMappings } from '../../app/test-mappings.ts';
import { formatProblem } from '../../core/problem.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT } from '../terminal.ts';

/** `jingluo test`: the cases beside the mappings. */
export function registerTest(cli: Cli): void {
  const command = cli.program
    .command('test [folder]')
    .description('run the test cases (*.test.yaml) beside the mappings');
  withCommonOptions(command).action((folder: string | undefined, options: CommonOptions) =>
    guarded(cli, options, async () => {
      const where = folder ?? (await loadSite(options)).config.folders.mappings;
      const results = await testMappings(where);
      const failed = results.filter(({ failures }) => failures.length > 0);
      if (options.json === true) for (const result of results) cli.terminal.out(JSON.stringify(result));
      else {
        for (const { file, name, failures } of failed) {
          cli.terminal.err(`${file}: ${name}`);
          for (const failure of failures) cli.terminal.err(`  ${formatProblem(failure)}`);
        }
        cli.terminal.out(`${results.length - failed.length} passed, ${failed.length} failed`);
      }
      return failed.length === 0 && results.length > 0 ? EXIT.ok : EXIT.failed;
    }),
  );
  withExamples(command, ['test', 'test mappings/ --json', 'test --config /etc/jingluo/jingluo.yaml']);
}
