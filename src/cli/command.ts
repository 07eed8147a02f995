import type { Command } from 'commander';

import { runOperation } from '../app/run-operation.ts';
import type { Line, Params } from '../app/operations/operation.ts';
import { fail, printLines, type Terminal } from './terminal.ts';

/** What every command is registered with. */
export interface Cli {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Adds `--data`, `--config` and `--json`. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the embedded store')
    .option('--config <file>', 'configuration file; default: the demo configuration')
    .option('--json', 'one JSON text per line, for scripts');
}

/** Adds examples below the options of `--help`. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ jingluo ${example}`).join('\n')}`);
}

/** Runs the body of a command; what goes wrong is printed and becomes the exit code. */
export async function guarded(cli: Cli, options: CommonOptions, body: () => Promise<number>): Promise<void> {
  try {
    cli.exit(await body());
  } catch (error) {
    cli.exit(fail(cli.terminal, error, options.json === true));
  }
}

/** A command that is an operation on the engine: what to ask, and how to show a line of the answer to people. */
export interface OperationCommand {
  readonly operation: string;
  readonly params: Params;
  readonly options: CommonOptions;
  readonly format: (line: Line) => string | undefined;
}

/** Asks the running engine, or opens the store where none runs, and prints the answer. */
export async function askAndPrint(cli: Cli, command: OperationCommand): Promise<void> {
  const { operation, params, options, format } = command;
  await guarded(cli, options, async () => {
    const lines = runOperation(operation, params, options);
    await printLines(cli.terminal, lines, options.json === true, format);
    return 0;
  });
}
