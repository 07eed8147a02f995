import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import type { Place, Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { err, ok } from '../../core/result.ts';

/** A configuration file as text; reading it from disk is not the concern of the language. */
export interface ConfigFile {
  /** Path as people know it: `config/plans/joint.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** A parsed YAML file that still knows where everything stands. */
export interface YamlFile {
  readonly path: string;
  readonly value: unknown;
  /** Place of a value by its path, or of the nearest parent that exists; `key` names a key of the map there. */
  place(path: readonly (string | number)[], key?: string): Place;
}

/** Parses one YAML file; every syntax fault with its line and column. */
export function readYaml(file: ConfigFile): Result<YamlFile, readonly Problem[]> {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: file.path, line, column: col };
  };
  if (document.errors.length > 0) {
    return err(document.errors.map((fault) => problem('trigger.yaml-invalid', fault.message, at(fault.pos[0]))));
  }
  const nodeAt = (path: readonly (string | number)[]): unknown =>
    path.length === 0 ? document.contents : document.getIn(path, true);
  const place = (path: readonly (string | number)[], key?: string): Place => {
    for (let length = path.length; length >= 0; length--) {
      const node = nodeAt(path.slice(0, length));
      if (!isNode(node)) continue;
      const keyNode = length === path.length && key !== undefined ? keyOf(node, key) : undefined;
      const offset = keyNode ?? node.range?.[0] ?? 0;
      return { ...at(offset), path: path.join('.') };
    }
    return { file: file.path, line: 1, column: 1 };
  };
  return ok({ path: file.path, value: document.toJS() as unknown, place });
}

function keyOf(node: unknown, key: string): number | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
  return pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}
