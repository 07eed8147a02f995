import { didYouMean } from '../../../core/nearest.ts';
import type { StructurePart } from '../../../hl7/structure.ts';
import { child, entriesOf, textAt, type Entry } from '../../source/node.ts';
import type { Env } from '../run/env.ts';
import { isResource } from '../run/item.ts';
import type { Scope, Test } from './compiled.ts';
import { isWhole } from './path.ts';
import { nameOf, namesIn, partsOf, place, type Placed } from './places.ts';
import { compileScalar, compileWhen } from './read-rule.ts';
import type { RuleContext } from './rule-context.ts';
import { compileFields, type Emission } from './segment.ts';

/** Writes segments for a place; answers how many times the place was there, for counting on. */
type Writer = (env: Env, out: Emission[], before: number) => number;

/** What the rule sets of one place look at. */
interface Focus {
  readonly scope: Scope;
  readonly over: (env: Env, before: number) => readonly Env[];
  /** True for `each:`, whose values have numbers. */
  readonly counts: boolean;
}

const HERE = (env: Env): readonly Env[] => [env];

function focusOf({ value, at }: Entry, part: StructurePart, context: RuleContext): Focus {
  const each = child(value, 'each');
  const given = each ?? child(value, 'from');
  if (given?.kind !== 'scalar') return { scope: context.scope, over: HERE, counts: false };
  const compiled = compileScalar(given, context);
  if (each !== undefined && compiled.many && part.max === 1) {
    const message = `${nameOf(part)} may stand here once: use from, or choose one with [1]`;
    context.faults.add('mapping.repeats', message, { ...at, path: context.path });
  }
  const name = textAt(child(value, 'as'));
  const { names } = context.scope;
  const scope: Scope = {
    focus: compiled.types,
    names: name === undefined ? names : new Map([...names, [name, compiled.types]]),
  };
  const most = each === undefined ? 1 : Infinity;
  const over = (env: Env, before: number): readonly Env[] =>
    compiled
      .evaluate(env)
      .slice(0, most)
      .map((item, index) => {
        if (isWhole(item) && isResource(item.value)) env.run.account.use(item.value);
        return env.looking(item, each === undefined ? env.index : before + index + 1, name);
      });
  return { scope, over, counts: each !== undefined };
}

/** The places where the condition holds, counted on from those before where they are counted. */
function passing(places: readonly Env[], test: Test | undefined, before: number | undefined): readonly Env[] {
  const kept = test === undefined ? places : places.filter(test);
  if (before === undefined || kept.length === places.length) return kept;
  return kept.map((place, index) => place.looking(place.focus, before + index + 1));
}

function segmentWriter(entry: Entry, part: StructurePart, context: RuleContext): Writer {
  const { scope, over, counts } = focusOf(entry, part, context);
  const inner = { ...context, scope };
  const test = compileWhen(child(entry.value, 'when'), inner);
  const write = compileFields(nameOf(part), entry.value, inner);
  return (env, out, before) => {
    const places = passing(over(env, before), test, counts ? before : undefined);
    for (const one of places) {
      const made = write(one);
      // What a condition asks for stands, though it only says constants (no stay: PV1-2 is N).
      out.push(test === undefined ? made : { ...made, says: made.says || Object.keys(made.spec.fields).length > 0 });
    }
    return places.length;
  };
}

/** Segments of a group that is there: those that say something, and those that it must have. */
function kept(emissions: readonly Emission[], required: ReadonlySet<string>): readonly Emission[] {
  if (!emissions.some(({ says }) => says)) return [];
  return emissions
    .filter(({ says, spec }) => says || required.has(spec.name))
    .map(({ spec }) => ({ spec, says: true }));
}

function requiredIn(parts: readonly StructurePart[]): ReadonlySet<string> {
  return new Set(parts.filter((part) => 'segment' in part && part.min === 1).map(nameOf));
}

function groupWriter(
  entry: Entry | undefined,
  part: StructurePart,
  entries: readonly Entry[],
  context: RuleContext,
): Writer {
  const focus =
    entry === undefined ? { scope: context.scope, over: HERE, counts: false } : focusOf(entry, part, context);
  const inner = { ...context, scope: focus.scope };
  const test = compileWhen(child(entry?.value, 'when'), inner);
  const own = entriesOf(child(entry?.value, 'write'));
  const parts = partsOf(part);
  const write = compileParts([...own, ...entries], parts, inner);
  const required = requiredIn(parts);
  return (env, out, before) => {
    const places = passing(focus.over(env, before), test, focus.counts ? before : undefined);
    for (const one of places) {
      const inside: Emission[] = [];
      write(one, inside);
      out.push(...kept(inside, required));
    }
    return places.length;
  };
}

/** The writers of one part; rule sets of what lies below a group go into its first one. */
function writersOf({ part, own, below }: Placed, context: RuleContext): readonly Writer[] {
  const inner = (entry: Entry): RuleContext => ({ ...context, path: join(context.path, entry.key) });
  if ('segment' in part) return own.map((entry) => segmentWriter(entry, part, inner(entry)));
  if (own.length === 0) return below.length === 0 ? [] : [groupWriter(undefined, part, below, context)];
  return own.map((entry, index) => groupWriter(entry, part, index === 0 ? below : [], inner(entry)));
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function checkRequired(placed: readonly Placed[], context: RuleContext, at: Entry | undefined): void {
  for (const { part, own } of placed) {
    if (!('segment' in part) || part.min === 0 || own.length > 0 || part.segment === 'MSH') continue;
    const message = `the structure needs the segment ${part.segment} here`;
    context.faults.add('mapping.required-element', message, { ...at?.at, path: context.path });
  }
}

/** Compiles the rule sets of the parts of a structure or group. */
export function compileParts(
  entries: readonly Entry[],
  parts: readonly StructurePart[],
  context: RuleContext,
): (env: Env, out: Emission[]) => void {
  const { placed, lost } = place(entries, parts);
  for (const { key, at } of lost) {
    if (context.shared.has(at.file ?? '')) continue;
    const hint = didYouMean(key, namesIn(parts));
    context.faults.add('mapping.unknown-path', `the structure has no ${key} here${hint}`, {
      ...at,
      path: context.path,
    });
  }
  if (entries.length > lost.length) checkRequired(placed, context, entries[0]);
  const places = placed.map((one) => writersOf(one, context)).filter((writers) => writers.length > 0);
  return (env, out) => {
    for (const writers of places) {
      let count = 0;
      for (const write of writers) count += write(env, out, count);
    }
  };
}
