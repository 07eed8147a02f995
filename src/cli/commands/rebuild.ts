import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';

interface RebuildOptions extends CommonOptions {
  readonly searchKeys?: boolean;
}

/** `jingluo rebuild`: derived data from the record. */
export function registerRebuild(cli: Cli): void {
  const rebuild = cli.program
    .command('rebuild')
    .description('make shown Patients and patient documents anew from the record; writes only what differs');
  withCommonOptions(rebuild)
    .option('--search-keys', 'search keys of every resource too')
    .action((options: RebuildOptions) =>
      askAndPrint(cli, {
        operation: 'rebuild',
        params: { ...options },
        options,
        format: ({ part, done, total, persons, resources, changed }) =>
          part === undefined
            ? `${shown(persons)} persons and ${shown(resources)} resources looked at, ${shown(changed)} rows changed`
            : `${shown(part)}: ${shown(done)} of ${shown(total)}, ${shown(changed)} changed`,
      }),
    );
  withExamples(rebuild, ['rebuild', 'rebuild --search-keys']);
}
