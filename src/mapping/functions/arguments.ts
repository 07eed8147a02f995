import type { Argument } from '../language/ast.ts';

/** The literal text of the n-th unnamed argument (from 0), or of a named one. */
export function literalArgument(args: readonly Argument[], which: number | string): string | undefined {
  const found =
    typeof which === 'string'
      ? args.find(({ name }) => name === which)
      : args.filter(({ name }) => name === undefined)[which];
  return found?.value.kind === 'literal' ? found.value.value : undefined;
}
