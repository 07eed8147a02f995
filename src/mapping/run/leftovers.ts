import { fieldExtension } from '../../fhir/local-systems.ts';
import { HL7_NULL, type Segment, type Separators } from '../../hl7/message.ts';
import { allParts } from '../../hl7/parts.ts';
import type { GroupInstance } from '../../hl7/structure.ts';
import type { Rest } from '../compile/rest.ts';
import type { CompiledResource } from '../compile/resource.ts';
import { followWay } from '../compile/structure-tree.ts';
import type { TraceEntry, UnmappedField } from '../result.ts';
import { STANDARD_SEGMENTS } from '../types/hl7-model.ts';
import type { LeftPart } from './account.ts';
import { withoutControls } from './cell.ts';
import { unsaidParts } from './divided.ts';
import type { Instance, Run } from './run.ts';

/** Characters that one resource keeps at most, however many lines a message has. */
const MOST = 250_000;

/** Types whose value is one text, whatever delimiters it holds. */
const TEXTS: ReadonlySet<string> = new Set(['ST', 'TX', 'FT', 'GTS']);

/** Types of whole files: a copy of them in a text is of no use. */
const FILES: ReadonlySet<string> = new Set(['ED']);

/** A resource that keeps what is left of a segment. */
interface Keeper {
  readonly resource: CompiledResource;
  readonly rest: Rest;
  readonly instance: Instance;
}

/** Keepers by the position of a segment in the message. */
type Keepers = ReadonlyMap<number, Keeper>;

/** What is left of one repetition of a field. */
interface Remainder {
  readonly first: LeftPart;
  readonly parts: LeftPart[];
}

/** The resources of a message that were made, and who wants to know which fields they come from. */
interface Made {
  readonly resources: readonly CompiledResource[];
  readonly run: Run;
  readonly trace: TraceEntry[] | undefined;
}

/** Name of the unit of `extension` (DESIGN section 3) that keeps what is left of a field. */
const unitOf = (field: string): string => `rest:${field}`;

const units = new Map<string, string[]>();

/** Adds the units of the populated fields of a segment. */
function addUnits(segment: Segment, into: string[]): void {
  let names = units.get(segment.name);
  if (names === undefined) units.set(segment.name, (names = []));
  const count = segment.fieldCount;
  for (let field = 1; field <= count; field += 1) {
    if (segment.has(field)) into.push((names[field] ??= unitOf(`${segment.name}-${field}`)));
  }
}

/** True where a resource keeps the rest of a segment that stands in its own group. */
const keepsNear = ({ near, ownZ }: Rest, { name }: Segment): boolean =>
  near.has(name) || (ownZ && name.startsWith('Z'));

/**
 * Notes which fields a resource has been told something new of, so that what is kept of their older values goes
 * though nothing is left of the new ones.
 */
export function settleRest(rest: Rest, { env, id }: Instance): void {
  const { segment: own, group, run } = env;
  const found: string[] = [];
  for (const segment of group.segments) {
    // Of several of one name the resource was made of this one.
    if (segment !== own && segment.name === own?.name) continue;
    if (keepsNear(rest, segment)) addUnits(segment, found);
  }
  for (const { segment: name, key, way } of rest.far) {
    if (!run.presence.holds(key)) continue;
    for (const { segments } of followWay(way, group)) {
      for (const segment of segments) if (segment.name === name) addUnits(segment, found);
    }
  }
  if (found.length > 0) run.patches.settle(id, found);
}

const isPatient = ({ resource }: Keeper): boolean => resource.type === 'Patient';

/** Where a resource stands in the message. */
const placesOf = ({ instance: { env, also } }: Keeper): readonly Instance['env'][] => [env, ...also];

/** Who keeps what, found for all segments at once. */
class Claims {
  readonly keepers = new Map<number, Keeper>();
  readonly #run: Run;
  /** Names of the segments that something is left of. */
  readonly #wanted: ReadonlySet<string>;
  readonly #hasZ: boolean;
  /** Groups that were looked through, with the names that were looked for. */
  readonly #seen = new Map<GroupInstance, Set<string>>();

  constructor(left: readonly LeftPart[], run: Run) {
    this.#run = run;
    this.#wanted = new Set(left.map(({ segment }) => segment.name));
    this.#hasZ = [...this.#wanted].some((name) => name.startsWith('Z'));
  }

  /** Resources made of the very segment come first, then those of its group, then those of a group around it. */
  add(resources: readonly CompiledResource[]): void {
    const all = resources.flatMap((resource) => this.#keepersOf(resource));
    for (const keeper of all) {
      for (const { segment } of placesOf(keeper)) {
        if (segment !== undefined && keepsNear(keeper.rest, segment)) this.#claim(segment, keeper);
      }
    }
    for (const keeper of all) for (const { group } of placesOf(keeper)) this.#claimNear(keeper, group);
    // What is said far below is of the person only where it is of nothing else.
    for (const keeper of all.filter((one) => !isPatient(one))) this.#claimFar(keeper);
    for (const keeper of all.filter(isPatient)) this.#claimFar(keeper);
  }

  #keepersOf(resource: CompiledResource): readonly Keeper[] {
    const { rest } = resource;
    if (rest === undefined || !this.#mayKeep(rest)) return NO_KEEPERS;
    return this.#run
      .instances(resource.name)
      .filter(({ id }) => this.#run.patches.holds(id))
      .map((instance) => ({ resource, rest, instance }));
  }

  #mayKeep({ near, far, ownZ }: Rest): boolean {
    if (ownZ && this.#hasZ) return true;
    for (const name of this.#wanted) if (near.has(name) || far.some(({ segment }) => segment === name)) return true;
    return false;
  }

  #claimNear(keeper: Keeper, group: GroupInstance): void {
    for (const name of keeper.rest.near) {
      if (this.#wanted.has(name)) this.#claimIn(group, name, keeper);
    }
    if (!keeper.rest.ownZ || !this.#hasZ) return;
    for (const segment of group.segments) if (segment.name.startsWith('Z')) this.#claim(segment, keeper);
  }

  #claimFar(keeper: Keeper): void {
    for (const { segment, way } of keeper.rest.far) {
      if (!this.#wanted.has(segment)) continue;
      for (const { group } of placesOf(keeper)) {
        for (const below of followWay(way, group)) this.#claimIn(below, segment, keeper);
      }
    }
  }

  /** Many resources may stand in one group of many segments, so that each group is looked through once for a name. */
  #claimIn(group: GroupInstance, name: string, keeper: Keeper): void {
    let seen = this.#seen.get(group);
    if (seen === undefined) this.#seen.set(group, (seen = new Set()));
    if (seen.has(name)) return;
    seen.add(name);
    for (const segment of group.segments) if (segment.name === name) this.#claim(segment, keeper);
  }

  #claim(segment: Segment, keeper: Keeper): void {
    if (!this.keepers.has(segment.index)) this.keepers.set(segment.index, keeper);
  }
}

const NO_KEEPERS: readonly Keeper[] = [];

/** By the rule sets of a mapping those that keep anything; a resource that is only mentioned keeps what no other does. */
const keeping = new WeakMap<readonly CompiledResource[], readonly (readonly CompiledResource[])[]>();

function keepingOf(resources: readonly CompiledResource[]): readonly (readonly CompiledResource[])[] {
  let found = keeping.get(resources);
  if (found === undefined) {
    const all = resources.filter(({ rest }) => rest !== undefined);
    found = [all.filter(({ stub }) => !stub), all.filter(({ stub }) => stub)];
    keeping.set(resources, found);
  }
  return found;
}

function keepersOf(left: readonly LeftPart[], { resources, run }: Made): Keepers {
  const claims = new Claims(left, run);
  for (const some of keepingOf(resources)) claims.add(some);
  return claims.keepers;
}

/** Parts by repetition of a field, in message order. */
function remaindersOf(left: readonly LeftPart[]): readonly Remainder[] {
  const found = new Map<string, Remainder>();
  for (const part of left) {
    const key = `${part.segment.index}-${part.field}-${part.repetition}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: part, parts: [part] });
    else known.parts.push(part);
  }
  return [...found.values()].sort(({ first: a }, { first: b }) => {
    return a.segment.index - b.segment.index || a.field - b.field || a.repetition - b.repetition;
  });
}

/** HL7 type of a field; of OBX-5 that of the message. */
function typeOf({ segment, field }: LeftPart): string {
  const type = STANDARD_SEGMENTS.get(segment.name)?.[field - 1]?.type ?? '';
  return type === 'varies' && segment.name === 'OBX' ? segment.value(2) : type;
}

/** One text with the numbers of its component and subcomponent (`4.2`); no number where it is the whole field. */
type Leaf = readonly [number: string, text: string];

function textOf(segment: Segment, raw: string): string {
  return raw === HL7_NULL ? '' : withoutControls(segment.unescape(raw)).trim();
}

/** The subcomponents of a component that are left. */
function leavesOfComponent(raw: string, { segment, component, subcomponents }: LeftPart, at: string): readonly Leaf[] {
  const parts = allParts(raw, at);
  return parts.flatMap((part, index): readonly Leaf[] => {
    const text = subcomponents?.includes(index + 1) === false ? '' : textOf(segment, part);
    if (text === '') return [];
    return [[parts.length === 1 ? String(component) : `${component}.${index + 1}`, text]];
  });
}

/** What is kept of one repetition: texts with their places. */
function leavesOf({ first, parts }: Remainder, separators: Separators): readonly Leaf[] {
  const { segment, field, repetition } = first;
  const raw = segment.repetitions(field)[repetition - 1] ?? '';
  const isWhole = parts.some(({ component }) => component === 0);
  const isPlain = !raw.includes(separators.component) && !raw.includes(separators.subcomponent);
  if (isWhole && (isPlain || TEXTS.has(typeOf(first)))) {
    const text = textOf(segment, raw);
    return text === '' ? [] : [['', text]];
  }
  return allParts(raw, separators.component).flatMap((part, index) => {
    const component = index + 1;
    const own = isWhole ? { ...first, component } : parts.find((one) => one.component === component);
    return own === undefined ? [] : leavesOfComponent(part, own, separators.subcomponent);
  });
}

function extensionOf(url: string, leaves: readonly Leaf[]): Readonly<Record<string, unknown>> {
  const [first] = leaves;
  if (leaves.length === 1 && first?.[0] === '') return { url, valueString: first[1] };
  return { url, extension: leaves.map(([number, text]) => ({ url: number, valueString: text })) };
}

/** What one resource keeps, by unit. */
interface Kept {
  readonly units: Record<string, unknown[]>;
  /** Lines of a document repeat code and status of the first: what is equal is said once. */
  readonly said: Set<string>;
  /** Characters. */
  size: number;
}

/** The rest of a message while it is given to its keepers. */
class Keeping {
  readonly #made: Made;
  readonly #byId = new Map<string, Kept>();
  readonly parts = new Set<LeftPart>();

  constructor(made: Made) {
    this.#made = made;
  }

  keep(remainder: Remainder, keeper: Keeper): void {
    const { first, parts } = remainder;
    if (FILES.has(typeOf(first))) return;
    const leaves = leavesOf(remainder, this.#made.run.message.separators);
    if (leaves.length === 0) return;
    const field = `${first.segment.name}-${first.field}`;
    const extension = extensionOf(fieldExtension(field), leaves);
    if (!this.#put(keeper.instance.id, unitOf(field), extension)) return;
    for (const part of parts) this.parts.add(part);
    this.#traceKept(remainder, keeper, fieldExtension(field));
  }

  finish(): void {
    for (const [id, { units: own }] of this.#byId) this.#made.run.patches.extend(id, own);
  }

  /** False where the resource keeps too much already. */
  #put(id: string, unit: string, extension: unknown): boolean {
    let kept = this.#byId.get(id);
    if (kept === undefined) this.#byId.set(id, (kept = { units: {}, said: new Set(), size: 0 }));
    const text = JSON.stringify(extension);
    if (kept.said.has(text)) return true;
    if (kept.size + text.length > MOST) return false;
    kept.size += text.length;
    kept.said.add(text);
    (kept.units[unit] ??= []).push(extension);
    return true;
  }

  #traceKept({ parts }: Remainder, { resource, instance }: Keeper, url: string): void {
    this.#made.trace?.push({
      leaf: `${instance.type}/${instance.id}.extension('${url}')`,
      rule: `${resource.label}.rest`,
      addresses: parts.map(({ address }) => address),
    });
  }
}

/** A value without the form of its type, or whose code is unknown, asks for somebody's attention though it is kept. */
const isListed = ({ reason }: LeftPart, kept: boolean): boolean =>
  reason !== undefined && (!kept || reason === 'invalid-value' || reason === 'table-lacks-code');

/**
 * Keeps what ended in no element in extensions of the resources that declare it (`rest`), after all of them were made.
 * @returns the unmapped list: what nobody keeps, and what is wrong
 */
export function keepRest(left: readonly LeftPart[], made: Made): readonly UnmappedField[] {
  const { divided } = made.run.account;
  if (left.length === 0 && divided.length === 0) return [];
  const all = divided.length === 0 ? left : [...left, ...unsaidParts(divided, made.run)];
  const keepers = keepersOf(all, made);
  const kept = new Keeping(made);
  if (keepers.size > 0) {
    for (const remainder of remaindersOf(all)) {
      const keeper = keepers.get(remainder.first.segment.index);
      if (keeper !== undefined) kept.keep(remainder, keeper);
    }
    kept.finish();
  }
  return left.flatMap((part): readonly UnmappedField[] => {
    const { address, reason } = part;
    return reason !== undefined && isListed(part, kept.parts.has(part)) ? [{ address, reason }] : [];
  });
}
