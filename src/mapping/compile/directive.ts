import type { IdentityDirective, NaturalKey } from '../../fhir/patch.ts';
import type { Expression } from '../language/ast.ts';
import { Cell } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { child, itemsOf, textAt, type MapNode, type Node } from '../source/node.ts';
import type { Around } from './around.ts';
import type { Test } from './condition.ts';
import { expressionContext, readExpression, readTest } from './element.ts';
import { compileExpression, compileInstances } from './expression.ts';
import type { Faults } from './faults.ts';
import { compileKey, patientKeys, type KeyOf } from './key.ts';
import type { Placement } from './place.ts';
import { Footprint } from './footprint.ts';
import type { RuleContext } from './rule-context.ts';

/** A rule that states a fact about identifiers, compiled. */
export interface CompiledDirective {
  readonly placement: Placement;
  readonly when?: Test;
  readonly state: State;
}

type State = (env: Env) => readonly IdentityDirective[];
type Cells = (env: Env) => readonly Cell[];
type Patients = (env: Env) => readonly NaturalKey[];

const NOTHING: readonly never[] = [];

const sameKey = (a: NaturalKey, b: NaturalKey): boolean =>
  a.namespace === b.namespace && a.kind === b.kind && a.value === b.value;

/** `PV1-19 | type(VN)` without what only says of which kind the number is. */
function withoutKinds(expression: Expression): Expression {
  if (expression.kind === 'else') return { ...expression, options: expression.options.map(withoutKinds) };
  return expression.kind === 'call' && expression.name === 'type' ? expression.input : expression;
}

/** The numbers that a directive reads, without nulls; of a list those of all its fields. */
function cellsOf(node: Node | undefined, context: RuleContext): Cells {
  const fields = itemsOf(node).flatMap((item) => {
    const expression = item.kind === 'scalar' ? readExpression(item, context) : undefined;
    if (item.kind !== 'scalar' || expression === undefined) return [];
    return [compileExpression(withoutKinds(expression), expressionContext(item, context)).evaluate];
  });
  return (env) =>
    fields.flatMap((evaluate) => evaluate(env).filter((item): item is Cell => item instanceof Cell && !item.isNull));
}

/** Patients of a rule set that belong to where the directive stands. */
function patientsOf(name: string, at: Node | undefined, context: RuleContext): Patients {
  const find = at?.kind === 'scalar' ? compileInstances(name, expressionContext(at, context), 0) : undefined;
  return (env) => (find?.(env) ?? NOTHING).flatMap(({ key }) => (key === undefined ? [] : [key]));
}

/** What the statements about patients are compiled from. */
interface Numbers {
  readonly patients: Patients;
  /** MRG-1, or what else names the number that was wrong, is given up or goes to somebody else. */
  readonly old: Cells;
  readonly now: Cells;
}

type Pair = (retired: NaturalKey, survivor: NaturalKey, cell: Cell) => readonly IdentityDirective[];

/**
 * MRG-1 is wrong, PID-3 is right. With several numbers in MRG-1 each retires in favour of the PID-3 number of its kind
 * and authority; a single one in favour of the patient's key.
 */
function inPairs({ patients, old, now }: Numbers, pair: (env: Env) => Pair): State {
  return (env) => {
    const [survivor] = patients(env);
    const wrong = old(env);
    if (survivor === undefined || wrong.length === 0) return NOTHING;
    const right = patientKeys(now(env), survivor.kind, env);
    return wrong.flatMap((cell) => {
      const [key] = patientKeys([cell], survivor.kind, env);
      if (key === undefined) return NOTHING;
      const same = right.find((one) => one.kind === key.kind && one.namespace === key.namespace);
      const to = same ?? (wrong.length === 1 ? survivor : undefined);
      if (to === undefined) return NOTHING;
      env.run.account.use(cell);
      return pair(env)(key, to, cell);
    });
  };
}

const merging = (env: Env): Pair => {
  return (retired, survivor, cell) => {
    if (!sameKey(retired, survivor)) return [{ kind: 'merge', survivor, retired }];
    warnSelf(env, cell);
    return NOTHING;
  };
};

const changing = (): Pair => (from, to) => (sameKey(from, to) ? NOTHING : [{ kind: 'change-identifier', from, to }]);

function warnSelf(env: Env, cell: Cell | undefined): void {
  env.run.warn('mapping.self-merge', 'the wrong and the right number are the same', cell);
}

/** The numbers of MRG-1 leave their patient for the one whom another number of PID-3 (or PID-2) names. */
function moves({ patients, old, now }: Numbers): State {
  return (env) => {
    const moved = old(env);
    const kind = patients(env)[0]?.kind ?? 'MR';
    const keys = patientKeys(moved, kind, env);
    const to = patientKeys(now(env), kind, env).find((key) => !keys.some((one) => sameKey(one, key)));
    if (to !== undefined) {
      for (const cell of moved) env.run.account.use(cell);
      return keys.map((identifier) => ({ kind: 'move-identifier', identifier, to }));
    }
    if (keys.length > 0) env.run.warn('mapping.no-target', 'no other number says to whom it is moved', moved[0]);
    return NOTHING;
  };
}

function pairs(kind: 'link' | 'unlink', patients: Patients): State {
  return (env) => {
    const [a, ...others] = patients(env);
    if (a === undefined) return NOTHING;
    return others.filter((b) => !sameKey(a, b)).map((b) => ({ kind, a, b }));
  };
}

/** `kind` of a directive about patients. */
function ofPatients(kind: string, numbers: Numbers): State {
  switch (kind) {
    case 'link':
    case 'unlink':
      return pairs(kind, numbers.patients);
    case 'delete':
      return (env) => numbers.patients(env).map((patient) => ({ kind: 'delete', patient }));
    case 'move':
      return moves(numbers);
    case 'change':
      return inPairs(numbers, changing);
    default:
      return inPairs(numbers, merging);
  }
}

/** What the statements about accounts and visits are compiled from. */
interface Resources {
  readonly type: 'Account' | 'Encounter';
  readonly patients: Patients;
  readonly old: KeyOf;
  readonly now: KeyOf;
  readonly read: Cells;
}

/** `kind` of a directive about accounts or visits. */
function ofResources(kind: string, { type, patients, old, now, read }: Resources): State {
  return (env) => {
    const key = old(env);
    if (key === undefined) return NOTHING;
    const cells = read(env);
    const state = (directives: readonly IdentityDirective[]): readonly IdentityDirective[] => {
      for (const cell of cells) env.run.account.use(cell);
      return directives;
    };
    if (kind === 'move') return state(patients(env).map((to) => ({ kind: 'move-resource', type, key, to })));
    const survivor = now(env);
    if (survivor === undefined) return NOTHING;
    if (!sameKey(key, survivor)) {
      return state([{ kind: kind === 'change' ? 'change-resource' : 'merge-resource', type, retired: key, survivor }]);
    }
    if (kind === 'merge') warnSelf(env, cells[0]);
    return state(NOTHING);
  };
}

/** What a directive is compiled with. */
interface DirectiveSetting {
  readonly faults: Faults;
  readonly around: Around;
  readonly placement: Placement;
}

const NO_KEY: KeyOf = () => undefined;

function stateOf(node: MapNode, context: RuleContext): State {
  const kind = textAt(child(node, 'kind')) ?? '';
  const of = textAt(child(node, 'of')) ?? 'patient';
  const at = child(node, 'of') ?? child(node, 'kind');
  const old = child(node, 'retired') ?? child(node, 'moved');
  const now = child(node, 'survivor') ?? child(node, 'to');
  const read = cellsOf(old, context);
  const type = context.around.typeOf(of);
  if (type === 'Account' || type === 'Encounter') {
    const keys = { old: compileKey(old, type, context) ?? NO_KEY, now: compileKey(now, type, context) ?? NO_KEY };
    return ofResources(kind, { type, patients: patientsOf('patient', at, context), ...keys, read });
  }
  return ofPatients(kind, { patients: patientsOf(of, at, context), old: read, now: cellsOf(now, context) });
}

/**
 * Compiles what a message states of identifiers: `{ kind: merge, of: patient, each: PATIENT, retired: MRG-1, survivor:
 * PID-3 }`, `{ kind: link }`, `{ kind: move, of: encounter, moved: MRG-5 }` (docs/mapping.md).
 */
export function compileDirective(name: string, node: MapNode, setting: DirectiveSetting): CompiledDirective {
  const { faults, around, placement } = setting;
  const context: RuleContext = { faults, around, scope: placement.scope, footprint: new Footprint(), path: name };
  const when = readTest(child(node, 'when'), context);
  return { placement, ...(when === undefined ? {} : { when }), state: stateOf(node, context) };
}
