import { Command, CommanderError } from 'commander';

import type { Cli } from './command.ts';
import { COMMANDS } from './commands/builtins.ts';
import { EXIT, processTerminal, type Terminal } from './terminal.ts';

/** Runs the command line and resolves to the exit code. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('jingluo')
    .description(
      'Hospital integration engine: HL7 v2 and FHIR in, one record per person and rule-driven follow-up out.',
    )
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.err(text.trimEnd());
      },
    })
    .addHelpText('after', '\nExit codes: 0 done, 1 it did not work, 2 the command line or the configuration is wrong.');
  const cli: Cli = {
    program,
    terminal,
    exit: (value) => {
      code = value;
    },
  };
  for (const register of COMMANDS) register(cli);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return code;
}
