import { formatProblem, JingluoError, type Problem } from '../core/problem.ts';
import { OperationFailed, type Line } from '../app/operations/operation.ts';

/** How a command ends: 0 done, 1 it did not work, 2 the command line or the configuration is wrong. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Where a command writes; tests bring their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** The real one. */
export const processTerminal: Terminal = {
  out: (text) => {
    process.stdout.write(`${text}\n`);
  },
  err: (text) => {
    process.stderr.write(`${text}\n`);
  },
};

/** Prints the lines of an answer as they come: JSON, one text each, or what `format` makes of a line. */
export async function printLines(
  terminal: Terminal,
  lines: AsyncIterable<Line>,
  json: boolean,
  format: (line: Line) => string | undefined,
): Promise<void> {
  for await (const line of lines) {
    const text = json ? JSON.stringify(line) : format(line);
    if (text !== undefined) terminal.out(text);
  }
}

/** The problems of a failure, for people: problems of ours as they are, a fault of ours with its kind. */
export function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (error instanceof OperationFailed) return [error.problem];
  if (error instanceof JingluoError) return error.problems;
  return undefined;
}

/** Prints what went wrong and says how the command ends. */
export function fail(terminal: Terminal, error: unknown, json: boolean): number {
  const problems = problemsOf(error);
  if (problems === undefined) {
    terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.failed;
  }
  for (const found of problems) terminal.err(json ? JSON.stringify({ problem: found }) : formatProblem(found));
  return problems.some((found) => found.code.startsWith('config.')) ? EXIT.usage : EXIT.failed;
}

/** A table for people: columns as wide as their longest cell, wide characters counted as two. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(
        char,
      )
        ? 2
        : 1;
  return width;
}

/** A value of an answer as people read it; `-` where it is absent. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
