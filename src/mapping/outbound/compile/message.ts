import type { Structure } from '../../../hl7/structure.ts';
import type { SegmentSpec } from '../../../hl7/write-message.ts';
import { child, entriesOf, textsAt, type Entry, type MapNode } from '../../source/node.ts';
import { Env } from '../run/env.ts';
import { isResource, Item } from '../run/item.ts';
import type { Run } from '../run/run.ts';
import type { Compiled, Scope, Typed } from './compiled.ts';
import { compileParts } from './group.ts';
import { isWhole } from './path.ts';
import { compileScalar } from './read-rule.ts';
import type { RuleContext } from './rule-context.ts';
import { compileFields, type Emission } from './segment.ts';

/** A mapping as closures. */
export interface MessageWriter {
  /** The resources that there is one message for each of. */
  readonly about: (run: Run) => readonly Item[];
  /** The segments of the message about one of them, MSH with the fields that the mapping sets beside the settings. */
  readonly write: (about: Item, run: Run) => readonly SegmentSpec[];
  readonly structural: ReadonlySet<string>;
}

interface Named {
  readonly name: string;
  readonly find: Compiled;
}

const NOWHERE = new Item('literal', '');

/** The named resources, each of which may use those before it. */
function namedResources(entries: readonly Entry[], context: RuleContext): { all: readonly Named[]; scope: Scope } {
  const all: Named[] = [];
  const names = new Map<string, readonly Typed[]>();
  let focus: readonly Typed[] = [];
  for (const { key, value } of entries) {
    if (value.kind !== 'scalar') continue;
    const scope = { focus, names: new Map(names) };
    const find = compileScalar(value, { ...context, scope, path: `resources.${key}` });
    if (all.length === 0) focus = find.types;
    names.set(key, find.types);
    all.push({ name: key, find });
  }
  return { all, scope: { focus, names } };
}

function use(item: Item, run: Run): void {
  if (isWhole(item) && isResource(item.value)) run.account.use(item.value);
}

/** Compiles a mapping with everything that it includes. */
export function compileMessage(
  node: MapNode,
  structure: Structure,
  base: Omit<RuleContext, 'scope' | 'path'>,
): MessageWriter {
  const empty: RuleContext = { ...base, scope: { focus: [], names: new Map() }, path: '' };
  const { all, scope } = namedResources(entriesOf(child(node, 'resources')), empty);
  const [first, ...others] = all;
  const context = { ...empty, scope };
  const rules = entriesOf(child(node, 'write'));
  const header = rules.find(({ key }) => key === 'MSH');
  const writeHeader = compileFields('MSH', header?.value, { ...context, path: 'MSH' });
  const writeParts = compileParts(
    rules.filter((entry) => entry !== header),
    structure.parts,
    context,
  );
  const required = new Set(
    structure.parts.flatMap((part) => ('segment' in part && part.min === 1 ? [part.segment] : [])).concat('MSH'),
  );
  return {
    about: (run) => first?.find.evaluate(new Env(run, NOWHERE, new Map())) ?? [],
    write: (about, run) => {
      const names = new Map<string, Item>(first === undefined ? [] : [[first.name, about]]);
      const env = new Env(run, about, names);
      use(about, run);
      for (const { name, find } of others) {
        const [found] = find.evaluate(env);
        if (found === undefined) continue;
        names.set(name, found);
        use(found, run);
      }
      const emissions: Emission[] = [writeHeader(env)];
      writeParts(env, emissions);
      return emissions.filter(({ says, spec }) => says || required.has(spec.name)).map(({ spec }) => spec);
    },
    structural: new Set(textsAt(child(node, 'structural'))),
  };
}
