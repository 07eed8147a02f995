import type { Node, ScalarNode } from '../../source/node.ts';
import type { Expression } from '../language/ast.ts';
import { parseCondition, parseExpression } from '../language/parse.ts';
import { NOTHING, type Compiled, type Test } from './compiled.ts';
import { compileExpression, compileTest } from './expression.ts';
import { expressionContext, type RuleContext } from './rule-context.ts';

const NUMBER = /^-?\d+(\.\d+)?$/u;

function readExpression(node: ScalarNode, context: RuleContext): Expression | undefined {
  const text = String(node.value ?? '');
  if (typeof node.value !== 'string' || NUMBER.test(text)) return { kind: 'literal', value: text, at: 0 };
  const parsed = parseExpression(text);
  if (parsed.ok) return parsed.value;
  expressionContext(node, context).fail('mapping.syntax', parsed.error.message, parsed.error.at);
  return undefined;
}

/** Compiles the expression of a scalar; numbers and booleans are literals. */
export function compileScalar(node: ScalarNode, context: RuleContext): Compiled {
  const expression = readExpression(node, context);
  return expression === undefined ? NOTHING : compileExpression(expression, expressionContext(node, context));
}

/** Compiles a condition; undefined where there is none, or where it has a fault (which is noted). */
export function compileWhen(node: Node | undefined, context: RuleContext): Test | undefined {
  if (node?.kind !== 'scalar') return undefined;
  const parsed = parseCondition(String(node.value));
  const expressions = expressionContext(node, context);
  if (parsed.ok) return compileTest(parsed.value, expressions);
  expressions.fail('mapping.syntax', parsed.error.message, parsed.error.at);
  return undefined;
}
