import { entriesOf, child, textAt, textsAt, type Entry, type MapNode, type Node } from '../source/node.ts';
import { elementsOf, findElement, type Element } from '../types/fhir-model.ts';
import type { Test } from './condition.ts';
import { namedRule, readTest } from './element.ts';
import type { Around } from './around.ts';
import { Footprint } from './footprint.ts';
import type { RuleContext } from './rule-context.ts';
import type { Faults } from './faults.ts';
import { compileKey, type KeyOf } from './key.ts';
import type { KnownRules } from './known-rules.ts';
import type { Placement } from './place.ts';
import { compileRest, type Rest } from './rest.ts';
import type { Rule } from './target.ts';
import { anyNeed, type Need } from '../run/presence.ts';

/** All rules of one top-level element. */
export interface ElementRules {
  readonly element: Element;
  readonly rules: readonly Rule[];
  /** True where several fields fill the list, so that each is news of its own. */
  readonly entries: boolean;
  /** True for numbers, telephones and addresses of a patient: what several fields carry is said once. */
  readonly distinct: boolean;
  /** True where it is gathered from all places that gave one key. */
  readonly joined: boolean;
  /** Where it holds, the message says the list whole: entries of fields that it does not name go. */
  readonly whole?: Test;
  /** Fields of which one must be populated for them to yield anything. */
  readonly needs: readonly Need[] | undefined;
  readonly label: string;
}

/** When something holds of some elements: `join`, `whole`. */
interface Joining {
  readonly when: Test;
  readonly elements: ReadonlySet<string>;
}

/** A rule set for one resource, compiled. */
export interface CompiledResource {
  readonly name: string;
  readonly type: string;
  readonly placement: Placement;
  readonly when?: Test;
  readonly key?: KeyOf;
  /** It is about the message itself, and made only where that is asked for. */
  readonly envelope: boolean;
  /** Several places with one key: `merge` into one resource, or `number` them. */
  readonly same: 'merge' | 'number';
  /** Of two places with one key that both satisfy it, the second continues the first. */
  readonly join?: Test;
  readonly set: readonly ElementRules[];
  /** Elements that only fill what nothing is known of. */
  readonly fill: readonly ElementRules[];
  readonly stub: boolean;
  /** List segment whose snapshot these resources are. */
  readonly snapshot?: string;
  readonly required: readonly string[];
  /** Segments of which it keeps in extensions what no rule read. */
  readonly rest: Rest | undefined;
  /** File and name: `mappings/base/parts/visit.yaml encounter`. */
  readonly label: string;
}

/** What a rule set is compiled with. */
interface ResourceSetting {
  readonly faults: Faults;
  readonly around: Around;
  readonly placement: Placement;
  readonly known: KnownRules;
}

const SAID_ONCE: ReadonlySet<string> = new Set(['identifier', 'telecom', 'address']);

function isPatientNumbers(type: string, element: Element, rule: Rule): boolean {
  return type === 'Patient' && element.name === 'identifier' && rule.unit === 'PID-3';
}

/** The items of a list stand for one field each, so they stay apart as rules. */
function rulesOf({ key: name, value }: Entry, { type, known, context }: Owner): readonly Rule[] {
  const at = value.at;
  const element = findElement(type, name);
  const nodes = value.kind === 'list' && element?.list === true ? value.items : [value];
  return nodes.flatMap((node) => known.compile({ key: name, at, value: node }, type, context) ?? []);
}

/** What all rules of a resource are compiled with. */
interface Owner {
  readonly type: string;
  readonly join: Joining | undefined;
  readonly whole: Joining | undefined;
  readonly known: KnownRules;
  readonly context: RuleContext;
  /** Extensions come from further fields than those that rules name. */
  readonly keepsRest: boolean;
}

/** Where several fields fill a list, what each gives is news of its own. */
function isFilledBySeveral(element: Element, rules: readonly Rule[], { type, keepsRest }: Owner): boolean {
  if (!element.list) return false;
  if (rules.length > 1 || (keepsRest && element.name === 'extension')) return true;
  return rules.some((rule) => isPatientNumbers(type, element, rule));
}

function elementRules(node: Node | undefined, owner: Owner): readonly ElementRules[] {
  const { type, join, whole, context } = owner;
  return entriesOf(node).flatMap((entry): readonly ElementRules[] => {
    const element = findElement(type, entry.key);
    if (element === undefined) {
      namedRule(entry, type, context);
      return [];
    }
    const rules = rulesOf(entry, owner);
    const entries = isFilledBySeveral(element, rules, owner);
    const file = entry.at.file ?? '';
    const needs = anyNeed(rules.map((rule) => rule.needs));
    const distinct = type === 'Patient' && SAID_ONCE.has(element.name);
    const joined = join?.elements.has(element.name) ?? false;
    const label = `mappings/${file} ${context.path}.${entry.key}`;
    const said = whole?.elements.has(element.name) === true ? { whole: whole.when } : {};
    return [{ element, rules, entries, distinct, joined, ...said, needs, label }];
  });
}

function checkRequired(node: MapNode, type: string, set: ReadonlySet<string>, context: RuleContext): void {
  for (const element of elementsOf(type).values()) {
    if (!element.required || set.has(element.name)) continue;
    const message = `${type} needs "${element.name}"`;
    context.faults.add('mapping.required-element', message, { ...node.at, path: context.path });
  }
}

function joining(node: Node | undefined, context: RuleContext): Joining | undefined {
  const when = readTest(child(node, 'when'), context);
  return when === undefined ? undefined : { when, elements: new Set(textsAt(child(node, 'elements'))) };
}

/** Compiles the rule set of one resource. */
export function compileResource(name: string, node: MapNode, setting: ResourceSetting): CompiledResource {
  const { faults, around, placement, known } = setting;
  const type = textAt(child(node, 'type')) ?? '';
  const context: RuleContext = { faults, around, scope: placement.scope, footprint: new Footprint(), path: name };
  const join = joining(child(node, 'join'), context);
  const whole = joining(child(node, 'whole'), context);
  const rest = compileRest(child(node, 'rest'), type, context);
  const owner: Owner = { type, join, whole, known, context, keepsRest: rest !== undefined };
  const set = elementRules(child(node, 'set'), owner);
  const fill = elementRules(child(node, 'fill'), owner);
  const stub = textAt(child(node, 'stub')) === 'true';
  const names = new Set([...set, ...fill].map(({ element }) => element.name));
  checkRequired(node, type, names, context);
  const when = readTest(child(node, 'when'), context);
  const key = compileKey(child(node, 'key'), type, context);
  const snapshot = textAt(child(node, 'snapshot'));
  return {
    name,
    type,
    placement,
    ...(when === undefined ? {} : { when }),
    ...(key === undefined ? {} : { key }),
    ...(join === undefined ? {} : { join: join.when }),
    ...(snapshot === undefined ? {} : { snapshot }),
    envelope: textAt(child(node, 'about')) === 'message',
    same: textAt(child(node, 'same')) === 'number' ? 'number' : 'merge',
    set,
    fill,
    stub,
    rest,
    label: `mappings/${child(node, 'rest')?.at.file ?? node.at.file ?? ''} ${name}`,
    required: [...elementsOf(type).values()].filter(({ required }) => required).map((element) => element.name),
  };
}
