import { didYouMean } from '../../core/nearest.ts';
import type { Expression } from '../language/ast.ts';
import { Made, type Item } from '../run/cell.ts';
import type { Run } from '../run/run.ts';
import type { Element } from '../types/fhir-model.ts';
import { codesOf } from '../types/value-sets.ts';
import type { CompileContext } from './compiled.ts';

/** Codes that an expression gives whatever the message says: literals, and the codes of its table. */
function givenCodes(expression: Expression, context: CompileContext): readonly string[] {
  switch (expression.kind) {
    case 'literal':
      return [expression.value];
    case 'else':
      return expression.options.flatMap((option) => givenCodes(option, context));
    case 'call': {
      if (expression.name !== 'table') return [];
      const [name, fallback] = expression.args.map(({ value }) => (value.kind === 'literal' ? value.value : ''));
      const table = context.around.table(name ?? '');
      const rows = table === undefined ? [] : [...table.rows.values()].map(({ code }) => code);
      return fallback === undefined ? rows : [...rows, fallback];
    }
    case 'path':
    case 'reference':
    case 'period':
      return [];
  }
}

/** Checks what a rule gives against the required value set of its element. */
export function checkBinding(expression: Expression, element: Element, context: CompileContext): void {
  if (element.binding === undefined || !element.types.includes('code')) return;
  const allowed = codesOf(element.binding);
  if (allowed === undefined) return;
  for (const code of givenCodes(expression, context)) {
    if (allowed.has(code)) continue;
    const hint = didYouMean(code, allowed);
    context.fail('mapping.code-not-in-value-set', `"${code}" is no code of ${element.name}${hint}`, expression.at);
  }
}

/** True where every code that an expression may give was checked with {@link checkBinding}. */
function isChecked(expression: Expression, context: CompileContext): boolean {
  if (expression.kind === 'literal') return true;
  if (expression.kind === 'else') return expression.options.every((option) => isChecked(option, context));
  if (expression.kind !== 'call' || expression.name !== 'table') return false;
  const [name, fallback] = expression.args.map(({ value }) => (value.kind === 'literal' ? value.value : ''));
  return fallback !== undefined || context.around.table(name ?? '')?.default !== 'keep';
}

/**
 * Of an element with a required value set: leaves out what a message gives and the set lacks. Undefined where nothing
 * else than codes of the set can come.
 */
export function boundValues(
  expression: Expression,
  element: Element,
  context: CompileContext,
): ((values: readonly Item[], run: Run) => readonly Item[]) | undefined {
  if (element.binding === undefined || !element.types.includes('code')) return undefined;
  const allowed = codesOf(element.binding);
  if (allowed === undefined || isChecked(expression, context)) return undefined;
  return (values, run) =>
    values.filter((item) => {
      if (!(item instanceof Made) || typeof item.value !== 'string' || allowed.has(item.value)) return true;
      for (const cell of item.cells) run.invalid(cell, `a code of ${element.name}`);
      return false;
    });
}
