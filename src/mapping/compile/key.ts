import type { NaturalKey } from '../../fhir/patch.ts';
import { identifierParts } from '../convert/identifiers.ts';
import type { Converting } from '../convert/converting.ts';
import { organizationKey } from '../convert/organization-numbers.ts';
import { placeName } from '../convert/locations.ts';
import { practitionerKey } from '../convert/references.ts';
import type { Expression } from '../language/ast.ts';
import { Cell, textOf } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { itemsOf, type Node } from '../source/node.ts';
import { expressionContext, readExpression } from './element.ts';
import type { RuleContext } from './rule-context.ts';
import { compileExpression, compileInstances } from './expression.ts';

interface Part {
  readonly value: string;
  /** Absent for plain values, which take the namespace of the source. */
  readonly namespace?: string;
  readonly kind?: string;
}

type PartOf = (env: Env) => Part | undefined;

/** Makes the natural key of a resource; undefined where the message has none. */
export type KeyOf = (env: Env) => NaturalKey | undefined;

/** Kind of a patient number without CX-5. */
const PATIENT_KIND = 'MR';
/** Kinds of numbers that do not say theirs. */
const KINDS: Readonly<Record<string, string>> = { Patient: PATIENT_KIND, Account: 'AN', Encounter: 'VN' };
const IDENTIFIERS = new Set(['CX', 'EI', 'EIP']);

/** Places, organizations and persons carry who numbers them. */
const NAMED: Readonly<Record<string, (cell: Cell, to: Converting) => Part>> = {
  PL: placeName,
  XON: organizationKey,
  XCN: practitionerKey,
  CNN: practitionerKey,
};

/** `OBR-2 | type(PLAC)`: the kind says in which domain of the source the number is looked for. */
function withoutKind(expression: Expression): { expression: Expression; kind: string } {
  if (expression.kind === 'call' && expression.name === 'type') {
    const value = expression.args[0]?.value;
    return { expression: expression.input, kind: value?.kind === 'literal' ? value.value : '' };
  }
  return { expression, kind: '' };
}

function cellPart(cell: Cell, kind: string, env: Env): Part | undefined {
  if (cell.isNull) return undefined;
  if (cell.type === 'EIP') return pairPart(cell, kind, env);
  const named = cell.component === 0 ? NAMED[cell.type]?.(cell, env.run) : undefined;
  if (named !== undefined) return named.value === '' ? undefined : named;
  if (!IDENTIFIERS.has(cell.type) || cell.component > 0) {
    const value = cell.text();
    return value === '' ? undefined : { value };
  }
  const parts = identifierParts(cell, env.run, kind);
  if (parts === undefined) return undefined;
  const value = cell.type === 'EI' ? ofKind(kind, parts.value) : parts.value;
  return { value, namespace: parts.namespace, kind: parts.kind };
}

/** A placer and a filler may have used one number for two orders, and neither says whose it is. */
const ofKind = (kind: string, value: string): string => (kind === 'PLAC' ? `${kind}:${value}` : value);

function pairPart(cell: Cell, kind: string, env: Env): Part | undefined {
  const at = cell.part(2, 1) === '' ? 1 : 2;
  const value = cell.part(at, 1);
  const authority = cell.part(at, 2) || cell.part(at, 3);
  if (value === '') return undefined;
  return { value: ofKind(at === 1 ? 'PLAC' : kind, value), namespace: env.run.namespace(authority, kind) };
}

function parentPart(expression: Extract<Expression, { kind: 'reference' }>, node: Node, context: RuleContext): PartOf {
  if (node.kind !== 'scalar') return () => undefined;
  const find = compileInstances(expression.name, expressionContext(node, context), expression.at);
  return (env) => {
    const [parent] = find?.(env) ?? [];
    if (parent === undefined) return undefined;
    return parent.key === undefined
      ? { value: parent.id }
      : { value: parent.key.value, namespace: parent.key.namespace, kind: parent.key.kind };
  };
}

function compileOption(whole: Expression, node: Node, context: RuleContext, hint: string): PartOf {
  if (node.kind !== 'scalar') return () => undefined;
  const { expression, kind: own } = withoutKind(whole);
  const kind = own === '' ? hint : own;
  if (expression.kind === 'reference') return parentPart(expression, node, context);
  const { evaluate } = compileExpression(expression, expressionContext(node, context));
  return (env) => {
    for (const item of evaluate(env)) {
      const part = item instanceof Cell ? cellPart(item, kind, env) : { value: textOf(item) };
      if (part !== undefined && part.value !== '') return part;
    }
    return undefined;
  };
}

function compilePart(node: Node, context: RuleContext, hint: string): PartOf {
  const expression = node.kind === 'scalar' ? readExpression(node, context) : undefined;
  if (expression === undefined) return () => undefined;
  const options = expression.kind === 'else' ? expression.options : [expression];
  const parts = options.map((option) => compileOption(option, node, context, hint));
  return (env) => {
    for (const part of parts) {
      const found = part(env);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** A further part of a key, with its namespace where that is another than the key's. */
function partText(part: Part | undefined, namespace: string): string {
  if (part?.namespace === undefined || part.namespace === namespace) return part?.value ?? '';
  return `${part.namespace}:${part.value}`;
}

/**
 * Compiles `key:`. A CX or EI brings its authority; of several parts the first leads: without it there is no key, and
 * its namespace is the key's. Parts from another namespace are written with it, so that equal numbers of two
 * authorities stay apart.
 */
export function compileKey(node: Node | undefined, type: string, context: RuleContext): KeyOf | undefined {
  if (node === undefined) return undefined;
  const hint = KINDS[type] ?? '';
  const parts = itemsOf(node).map((item) => compilePart(item, context, hint));
  const [lead, ...others] = parts;
  if (lead === undefined) return undefined;
  return (env) => {
    const first = lead(env);
    if (first === undefined) return undefined;
    const namespace = first.namespace ?? env.run.context.source;
    let value = first.value;
    for (const part of others) value += `|${partText(part(env), namespace)}`;
    const own = first.kind === undefined || first.kind === '' ? PATIENT_KIND : first.kind;
    const kind = type === 'Patient' ? own : type;
    return { namespace, kind, value: value.endsWith('|') ? value.replace(/\|+$/u, '') : value };
  };
}

/** The key of a patient number as it stands in a field (MRG-1), one for each repetition. */
export function patientKeys(cells: readonly Cell[], kind: string, env: Env): readonly NaturalKey[] {
  return cells.flatMap((cell) => {
    const part = cellPart(cell, '', env);
    if (part === undefined) return [];
    const own = part.kind === undefined || part.kind === '' ? kind : part.kind;
    const authority = cell.part(4, 1) || cell.part(4, 2);
    return [{ namespace: env.run.namespace(authority, own), kind: own, value: part.value }];
  });
}
