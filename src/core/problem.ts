import type { PROBLEMS } from './problems/index.ts';

/** A code of the catalogue: `area.kind`, for example `hl7.no-msh`. */
export type ProblemCode = Extract<keyof typeof PROBLEMS, string>;

/**
 * Where a problem sits, in the terms its reader uses: a file with line and column for configuration,
 * an HL7 address (`PID-5.1`) for messages, a FHIRPath for resources. Never a value of a patient.
 */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

/** A failure (or a warning) as data: what stages return, what the dead-letter list shows. */
export interface Problem {
  readonly code: ProblemCode;
  /** What happened here, in one sentence, with the place and what was expected; without patient data. */
  readonly message: string;
  readonly at?: Place;
}

/** Makes a problem; `at` is left out when unknown. */
export function problem(code: ProblemCode, message: string, at?: Place): Problem {
  return at === undefined ? { code, message } : { code, message, at };
}

/** A failure as an exception: only for start-up and for programmer errors. */
export class JingluoError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list: readonly Problem[] = 'code' in problems ? [problems] : problems;
    super(list.map(formatProblem).join('\n'), options);
    this.name = 'JingluoError';
    this.problems = list;
  }
}

/** One line for a person: `file:line:column path: message [code]`. */
export function formatProblem(p: Problem): string {
  const { file, line, column, path } = p.at ?? {};
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const where = [place, path].filter((part) => part !== undefined && part !== '').join(' ');
  return `${where === '' ? '' : `${where}: `}${p.message} [${p.code}]`;
}
