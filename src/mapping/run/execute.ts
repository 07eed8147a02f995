import type { NaturalKey, Snapshot } from '../../fhir/patch.ts';
import type { CompiledResource, ElementRules } from '../compile/resource.ts';
import type { TraceEntry } from '../result.ts';
import { settleRest } from './leftovers.ts';
import { tellNews, type NewsByName, type Told } from './news.ts';
import { placeOf, type Env, type Instance, type Run } from './run.ts';
import { traceValue } from './trace.ts';

/** Makes the resources of one message known by id, in the order of the rule sets. */
export function identifyAll(resources: readonly CompiledResource[], root: Env): void {
  for (const resource of resources) {
    for (const env of resource.placement.over(root)) {
      if (resource.when === undefined || resource.when(env)) identify(resource, env);
    }
  }
}

function identify(resource: CompiledResource, env: Env): void {
  const { run } = env;
  const key = resource.key?.(env);
  if (key === undefined) {
    addUnkeyed(resource, env);
    return;
  }
  const id = run.idOf(resource.type, key);
  const earlier = run.instanceById(resource.type, id);
  if (earlier?.name !== resource.name) {
    run.addInstance(instanceOf(resource, { id, key }, env));
  } else if (joins(resource, earlier, env)) {
    earlier.also.push(env);
  } else {
    const free = resource.same === 'number' ? numbered(resource, { id, key }, run) : { id, key };
    run.addInstance({ ...instanceOf(resource, free, env), repeats: resource.same === 'merge' });
  }
}

function instanceOf(
  { name, type }: CompiledResource,
  { id, key }: { readonly id: string; readonly key: NaturalKey | undefined },
  env: Env,
): Instance {
  const reference = `${type}/${id}`;
  return { name, type, id, key, env, also: [], repeats: false, reference, link: { reference } };
}

function joins({ join }: CompiledResource, earlier: Instance, env: Env): boolean {
  return join !== undefined && join(earlier.env) && join(env);
}

/** The second place with one key is `#2`, so that a correction of the whole message finds each of them again. */
function numbered(resource: CompiledResource, first: Keyed, run: Run): Keyed {
  for (;;) {
    const { namespace, kind, value } = first.key;
    const key = { namespace, kind, value: `${value}#${run.nextPlace(first.id)}` };
    const id = run.idOf(resource.type, key);
    if (run.instanceById(resource.type, id) === undefined) return { id, key };
  }
}

interface Keyed {
  readonly id: string;
  readonly key: NaturalKey;
}

function addUnkeyed(resource: CompiledResource, env: Env): void {
  const { run } = env;
  const { name, type } = resource;
  const value = `${name}[${run.instances(name).length + 1}]`;
  const id = run.idOf(type, { namespace: 'message', kind: run.context.messageId, value });
  if (resource.key !== undefined) run.warn('mapping.no-key', `${type} has no key in this message`);
  run.addInstance(instanceOf(resource, { id, key: undefined }, env));
}

/** Patches, trace and what was left out. */
interface Making {
  readonly run: Run;
  readonly trace: TraceEntry[] | undefined;
  readonly dropped: Set<string>;
}

/** Makes the patches of all resources that are known; gives those that were left out, by {@link placeOf}. */
export function makeAll(
  resources: readonly CompiledResource[],
  run: Run,
  trace: TraceEntry[] | undefined,
): ReadonlySet<string> {
  const making: Making = { run, trace, dropped: new Set() };
  for (const resource of resources) {
    for (const instance of run.instances(resource.name)) make(resource, instance, making);
    for (const instance of run.hiddenInstances(resource.name)) make(resource, instance, making);
  }
  return making.dropped;
}

function make(resource: CompiledResource, instance: Instance, making: Making): void {
  const { run, dropped } = making;
  run.forgetTouched();
  const env = instance.env.making(instance);
  const present: string[] = [];
  const elements = collect(resource.set, { env, present }, making);
  const fill = resource.fill.length === 0 ? undefined : collect(resource.fill, { env, present }, making);
  const missing = firstMissing(resource.required, present);
  if (missing !== undefined) {
    dropped.add(placeOf(instance));
    run.warn('mapping.required-missing', `${resource.type} was left out: its ${missing} is empty`);
    run.forgetTouched();
    return;
  }
  if (instance.repeats) noteRepeated(resource, instance, elements);
  run.useTouched();
  accountForJoined(instance);
  // Of a stub both are one patch, in which the first word counts.
  if (resource.stub) run.patches.add(instance, elements, true);
  if (fill !== undefined) run.patches.add(instance, fill, true);
  if (resource.stub) return;
  run.patches.add(instance, elements, false);
  if (resource.rest !== undefined && run.context.envelope !== true) settleRest(resource.rest, instance);
}

/** What the second place with one key says otherwise than the first is in no resource: none of it counts as read. */
function noteRepeated({ type }: CompiledResource, { id, env: { run } }: Instance, elements: NewsByName): void {
  const names = run.patches.otherwise(id, elements);
  if (names.length === 0) return;
  run.warn('mapping.same-key', `two places are one ${type} and say otherwise of ${names.join(', ')}: the first counts`);
  run.forgetTouched();
}

function firstMissing(required: readonly string[], present: readonly string[]): string | undefined {
  for (const name of required) if (!present.includes(name)) return name;
  return undefined;
}

/** The lines of a text repeat code, status and time of the first: what is equal there is said once. */
function accountForJoined({ env, also }: Instance): void {
  for (const place of also) {
    for (const segment of place.group.segments) {
      const first = env.group.segments.find(({ name }) => name === segment.name);
      for (let field = 1; first !== undefined && field <= segment.fieldCount; field += 1) {
        if (segment.field(field) === first.field(field)) env.run.account.useField(segment, field);
      }
    }
  }
}

interface Seen {
  readonly env: Env;
  /** Required elements that were set. */
  readonly present: string[];
}

function collect(all: readonly ElementRules[], { env, present }: Seen, { trace }: Making): NewsByName {
  const elements: NewsByName = {};
  for (const rules of all) {
    const told = tellNews(rules, env, elements);
    if (told === undefined) continue;
    if (rules.element.required) present.push(rules.element.name);
    if (trace !== undefined && env.instance !== undefined) traceNews(rules, env.instance, told, trace);
  }
  return elements;
}

function traceNews(rules: ElementRules, instance: Instance, told: Told, trace: TraceEntry[]): void {
  const { run } = instance.env;
  const touched = run.takeTouched();
  const { name, values } = told;
  values.forEach(({ value, cells: own }, index) => {
    const leaf = `${instance.type}/${instance.id}.${name}${rules.element.list ? `[${index}]` : ''}`;
    const cells = own.length === 0 ? touched : own;
    trace.push(...traceValue(value, { leaf, rule: rules.label }, { cells, account: run.account }));
  });
}

/** List segments that are snapshots on this channel and stand in the message, with the resources that they hold. */
export function snapshotsOf(
  resources: readonly CompiledResource[],
  run: Run,
  patient: string | undefined,
): readonly Snapshot[] {
  if (patient === undefined || run.context.snapshots.length === 0) return [];
  return resources.flatMap(({ name, type, snapshot }): readonly Snapshot[] => {
    if (snapshot === undefined || !run.context.snapshots.includes(snapshot)) return [];
    if (!isSnapshotType(type) || run.message.first(snapshot) === undefined) return [];
    const present = run.instances(name).map(({ id }) => id);
    const [encounter] = run.instances('encounter');
    const limit = type === 'Condition' && encounter !== undefined ? { encounter: encounter.id } : {};
    return [{ type, patient, ...limit, present }];
  });
}

const isSnapshotType = (type: string): type is Snapshot['type'] =>
  type === 'AllergyIntolerance' || type === 'Condition' || type === 'Coverage';
