import type { Expression } from '../language/ast.ts';
import { parseCondition, parseExpression } from '../language/parse.ts';
import { child, entriesOf, textAt, type MapNode, type Node, type ScalarNode } from '../source/node.ts';
import { asConditions, conditionReadings, joinReadings, readingsOf, type Readings } from './readings.ts';

/** One rule of a mapping as a reader sees it: the element and the HL7 fields it comes from. */
export interface DescribedRule {
  /** Name of the rule set: `patient`. */
  readonly resource: string;
  readonly type: string;
  /** Below the resource, without indexes: `hospitalization.origin`. */
  readonly element: string;
  /** URL of the extension, where the rule fills one. */
  readonly url?: string;
  /** Expression as written; `''` for a constant. */
  readonly text: string;
  /** Conditions as written, the outermost first. */
  readonly when: readonly string[];
  readonly readings: Readings;
  /** Tables that it translates with. */
  readonly tables: readonly string[];
  /** File below `mappings/` that the rule stands in. */
  readonly file: string;
}

/** What surrounds a rule. */
interface Around {
  readonly resource: string;
  readonly type: string;
  readonly when: readonly string[];
  readonly conditions: Readings;
  /** Field that `each:` goes over. */
  readonly cell?: string | undefined;
  readonly url?: string | undefined;
}

const NOTHING: Readings = { fields: [], conditions: [] };
const KEYWORDS = new Set(['each', 'when', 'is', 'keep']);

const literalOf = (expression: Expression | undefined): string | undefined =>
  expression?.kind === 'literal' ? expression.value : undefined;

/** Names of the tables in an expression. */
function tablesOf(expression: Expression): readonly string[] {
  if (expression.kind === 'else') return expression.options.flatMap(tablesOf);
  if (expression.kind !== 'call') return [];
  const named = expression.name === 'table' || expression.name === 'translate';
  const table = named ? literalOf(expression.args[0]?.value) : undefined;
  return [...tablesOf(expression.input), ...(table === undefined ? [] : [table])];
}

/** The URL of `| extension(URL)`. */
function extensionUrl(expression: Expression): string | undefined {
  if (expression.kind === 'else') return expression.options.map(extensionUrl).find((url) => url !== undefined);
  if (expression.kind !== 'call') return undefined;
  return expression.name === 'extension' ? literalOf(expression.args[0]?.value) : extensionUrl(expression.input);
}

function fromScalar(node: ScalarNode, element: string, around: Around): readonly DescribedRule[] {
  const { resource, type, when, conditions } = around;
  const written = String(node.value);
  const parsed = typeof node.value === 'string' ? parseExpression(written) : undefined;
  const expression = parsed?.ok === true ? parsed.value : undefined;
  // What stands beside a repetition (`each: PV1-7`) stands there because of it.
  const own =
    expression === undefined || expression.kind === 'literal'
      ? { fields: [], conditions: around.cell === undefined ? [] : [around.cell] }
      : readingsOf(expression, around.cell);
  const url = around.url ?? (expression === undefined ? undefined : extensionUrl(expression));
  return [
    {
      resource,
      type,
      element,
      ...(url === undefined ? {} : { url }),
      text: written,
      when,
      readings: joinReadings([own, conditions]),
      tables: expression === undefined ? [] : tablesOf(expression),
      file: node.at.file ?? '',
    },
  ];
}

function tested(node: MapNode, around: Around): Around {
  const text = textAt(child(node, 'when'));
  if (text === undefined) return around;
  const parsed = parseCondition(text);
  const read = parsed.ok ? asConditions(conditionReadings(parsed.value, around.cell)) : NOTHING;
  return { ...around, when: [...around.when, text], conditions: joinReadings([around.conditions, read]) };
}

function repeated(node: MapNode, around: Around): Around {
  const each = textAt(child(node, 'each'));
  if (each === undefined) return around;
  const cell = /^[A-Z][A-Z0-9]{2}-\d+/u.exec(each)?.[0];
  return { ...around, cell: cell ?? around.cell };
}

function fromMap(node: MapNode, element: string, around: Around): readonly DescribedRule[] {
  const inner = tested(node, repeated(node, around));
  const is = child(node, 'is');
  const url = textAt(child(node, 'url'));
  // An extension inside an extension is named by the outer one.
  const owner = { ...inner, url: inner.url ?? url };
  const children = entriesOf(node).flatMap(({ key, value }) =>
    KEYWORDS.has(key) ? [] : rulesFrom(value, `${element}.${key}`, owner),
  );
  return is === undefined ? children : [...rulesFrom(is, element, inner), ...children];
}

/** The rules below an element: one for each expression. */
function rulesFrom(node: Node, element: string, around: Around): readonly DescribedRule[] {
  switch (node.kind) {
    case 'scalar':
      return fromScalar(node, element, around);
    case 'list':
      return node.items.flatMap((item) => rulesFrom(item, element, around));
    case 'map':
      return fromMap(node, element, around);
  }
}

/** The rules of one rule set (`resources: { patient: … }`). */
export function describeResource(resource: string, node: Node): readonly DescribedRule[] {
  if (node.kind !== 'map') return [];
  const start: Around = { resource, type: textAt(child(node, 'type')) ?? '', when: [], conditions: NOTHING };
  const around = tested(node, start);
  return ['set', 'fill'].flatMap((part) =>
    entriesOf(child(node, part)).flatMap(({ key, value }) => rulesFrom(value, key, around)),
  );
}
