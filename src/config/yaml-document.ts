import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument, type Document } from 'yaml';

import { problem, type Place, type Problem } from '../core/problem.ts';

/** Path into a YAML document: keys and list positions. */
export type YamlPath = readonly (string | number)[];

/** A parsed file that knows where each value stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Place of the value at a path (of its key where `key` is set); the nearest parent where there is no such value. */
  place(path: YamlPath, key?: boolean): Place;
}

/**
 * Parses a configuration file. `${NAME}` in a text is replaced by the environment's value; a name that is not set is a
 * problem. Every syntax error is reported, not only the first.
 */
export function readYaml(file: string, text: string, env: Readonly<Record<string, string | undefined>>): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, intAsBigInt: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problems: Problem[] = document.errors.map((error) =>
    problem('config.yaml', error.message.split('\n')[0] ?? error.message, at(error.pos[0])),
  );
  const place = (path: YamlPath, key = false): Place => at(offsetOf(document, path, key));
  const value: unknown = problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  const filled = fillEnvironment(value, env, [], (name, path) => {
    problems.push(
      problem('config.environment', `The environment has no variable ${name}.`, {
        ...place(path),
        path: path.join('.'),
      }),
    );
  });
  return { file, value: filled, problems, place };
}

function offsetOf(document: Document, path: YamlPath, key: boolean): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = exactOffset(document, path.slice(0, length), key && length === path.length);
    if (offset !== undefined) return offset;
  }
  return 0;
}

function exactOffset(document: Document, path: YamlPath, key: boolean): number | undefined {
  const parent: unknown = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (key && isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last),
    );
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0];
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}

function fillEnvironment(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: YamlPath,
  missing: (name: string, path: YamlPath) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
      const found = env[name];
      if (found === undefined) missing(name, path);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => fillEnvironment(item, env, [...path, index], missing));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fillEnvironment(item, env, [...path, key], missing)]),
    );
  }
  return value;
}
