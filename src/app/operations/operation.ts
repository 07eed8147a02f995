import type { Problem } from '../../core/problem.ts';
import type { Engine } from '../engine.ts';

/** Values of an operation's parameters, as they come from a command line or as JSON. */
export type Params = Readonly<Record<string, unknown>>;

/** One line of an operation's answer: plain JSON. */
export type Line = Readonly<Record<string, unknown>>;

/** An operation ends early because of this problem; thrown by operations, shown by whoever asked. */
export class OperationFailed extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'OperationFailed';
    this.problem = problem;
  }
}

/**
 * Something that people do with an engine from outside (command line, admin API): a name, what it takes, and a stream of
 * lines. The same value serves a running engine and a command that opened the store itself.
 */
export interface Operation {
  /** `messages.list`, `person.merge`. */
  readonly name: string;
  readonly summary: string;
  run(engine: Engine, params: Params): AsyncIterable<Line>;
}

/** A text parameter, or undefined. */
export function textParam(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number parameter, or its default. */
export function numberParam(params: Params, name: string, preset: number): number {
  const value = params[name];
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : preset;
}

/** True where the parameter is set. */
export function flagParam(params: Params, name: string): boolean {
  return params[name] === true || params[name] === 'true';
}

/** A list of texts; a single text is a list of one. */
export function listParam(params: Params, name: string): readonly string[] {
  const value = params[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
