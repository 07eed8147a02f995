import { didYouMean } from '../../core/nearest.ts';
import type { Expression } from '../language/ast.ts';
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
