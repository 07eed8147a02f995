import { problem, type Place, type Problem, type ProblemCode } from '../../core/problem.ts';
import type { ScalarNode } from '../source/node.ts';
import { NOTHING, type Compiled } from './compiled.ts';

/** Collects the faults of all files; compiling goes on behind each of them. */
export class Faults {
  readonly #seen = new Set<string>();
  readonly #list: Problem[] = [];

  get list(): readonly Problem[] {
    return this.#list;
  }

  /** Adds a fault once: shared parts are compiled for several messages. */
  add(code: ProblemCode, message: string, at: Place): void {
    const key = `${at.file ?? ''}:${at.line ?? 0}:${at.column ?? 0} ${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#list.push(problem(code, message, at));
  }

  /** Notes faults at offsets of an expression that stands in a scalar. */
  inside(node: ScalarNode, path: string): (code: ProblemCode, message: string, offset?: number) => Compiled {
    return (code, message, offset = 0) => {
      const column = node.at.column === undefined ? {} : { column: node.at.column + node.indent + offset };
      this.add(code, message, { ...node.at, ...column, path });
      return NOTHING;
    };
  }
}
