import type { IdentityDirective, NaturalKey } from '../../fhir/patch.ts';
import { Cell } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { child, textAt, type MapNode, type ScalarNode } from '../source/node.ts';
import type { Test } from './condition.ts';
import { expressionContext, readExpression, readTest } from './element.ts';
import type { Around } from './around.ts';
import type { RuleContext } from './rule-context.ts';
import { compileExpression } from './expression.ts';
import type { Faults } from './faults.ts';
import { patientKeys } from './key.ts';
import type { Placement } from './place.ts';

/** A rule that states a fact about identifiers, compiled. */
export interface CompiledDirective {
  readonly placement: Placement;
  readonly when?: Test;
  readonly state: (env: Env) => readonly IdentityDirective[];
}

const sameKey = (a: NaturalKey, b: NaturalKey): boolean =>
  a.namespace === b.namespace && a.kind === b.kind && a.value === b.value;

/** Patients of this rule set that stand where the directive stands. */
function patientsAt(env: Env, name: string): readonly NaturalKey[] {
  return env.run.instances(name).flatMap(({ env: place, key }) => {
    const inside = place.group === env.group || env.group.parent === undefined;
    return key !== undefined && inside ? [key] : [];
  });
}

type Cells = (env: Env) => readonly Cell[];

/**
 * MRG-1 is wrong, PID-3 is right. With several numbers in MRG-1 each retires in favour of the PID-3 number of its kind
 * and authority; a single one in favour of the patient's key.
 */
function merges(name: string, retired: Cells, survivors: Cells): (env: Env) => readonly IdentityDirective[] {
  return (env) => {
    const [survivor] = patientsAt(env, name);
    const wrong = retired(env);
    const [first] = wrong;
    if (survivor === undefined || first === undefined) return [];
    const right = patientKeys(survivors(env), survivor.kind, env);
    const keys = patientKeys(wrong, survivor.kind, env);
    for (const cell of wrong) env.run.account.use(cell);
    return keys.flatMap((key): readonly IdentityDirective[] => {
      const pair = right.find((one) => one.kind === key.kind && one.namespace === key.namespace);
      const to = pair ?? (keys.length === 1 ? survivor : undefined);
      if (to === undefined) return [];
      if (!sameKey(to, key)) return [{ kind: 'merge', survivor: to, retired: key }];
      env.run.warn('mapping.self-merge', 'the wrong and the right number are the same', first);
      return [];
    });
  };
}

function pairs(kind: 'link' | 'unlink', name: string): (env: Env) => readonly IdentityDirective[] {
  return (env) => {
    const [a, ...others] = patientsAt(env, name);
    if (a === undefined) return [];
    return others.filter((b) => !sameKey(a, b)).map((b) => ({ kind, a, b }));
  };
}

function cellsOf(node: ScalarNode, context: RuleContext): Cells {
  const expression = readExpression(node, context);
  if (expression === undefined) return () => [];
  const { evaluate } = compileExpression(expression, expressionContext(node, context));
  return (env) => evaluate(env).filter((item): item is Cell => item instanceof Cell && !item.isNull);
}

/** What a directive is compiled with. */
interface DirectiveSetting {
  readonly faults: Faults;
  readonly around: Around;
  readonly placement: Placement;
}

/** Compiles `{ kind: merge, of: patient, each: PATIENT, retired: MRG-1, survivor: PID-3 }` or `{ kind: link, of: patient }`. */
export function compileDirective(name: string, node: MapNode, setting: DirectiveSetting): CompiledDirective {
  const { faults, around, placement } = setting;
  const context: RuleContext = { faults, around, scope: placement.scope, path: name };
  const kind = textAt(child(node, 'kind'));
  const of = textAt(child(node, 'of')) ?? 'patient';
  const retired = child(node, 'retired');
  const survivor = child(node, 'survivor');
  const when = readTest(child(node, 'when'), context);
  const rest = { placement, ...(when === undefined ? {} : { when }) };
  if (kind === 'link' || kind === 'unlink') return { ...rest, state: pairs(kind, of) };
  if (retired?.kind !== 'scalar' || survivor?.kind !== 'scalar') return { ...rest, state: () => [] };
  return { ...rest, state: merges(of, cellsOf(retired, context), cellsOf(survivor, context)) };
}
