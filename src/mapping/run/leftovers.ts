import { fieldExtension } from '../../fhir/local-systems.ts';
import { HL7_NULL, type Segment, type Separators } from '../../hl7/message.ts';
import { allParts } from '../../hl7/parts.ts';
import type { GroupInstance } from '../../hl7/structure.ts';
import { Z_SEGMENTS, type RestPlace } from '../compile/rest.ts';
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
  readonly instance: Instance;
}

/** Keepers by the position of a segment in the message. */
type Keepers = Map<number, Keeper>;

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

/** Units of the populated fields of segments, for {@link Patches.settle}. */
function unitsOf(segments: readonly Segment[]): readonly string[] {
  const found: string[] = [];
  for (const segment of segments) {
    let names = units.get(segment.name);
    if (names === undefined) units.set(segment.name, (names = []));
    for (let field = 1; field <= segment.fieldCount; field += 1) {
      if (segment.has(field)) found.push((names[field] ??= unitOf(`${segment.name}-${field}`)));
    }
  }
  return found;
}

/** True where a resource keeps the rest of the very segment that it was made of. */
function keepsOwn({ rest }: CompiledResource, segment: Segment | undefined): segment is Segment {
  return segment !== undefined && rest.some((place) => isOf(place, segment));
}

const isOf = ({ segment: name }: RestPlace, { name: own }: Segment): boolean =>
  name === own || (name === Z_SEGMENTS && own.startsWith('Z'));

/** Segments in the group of a resource, or below it, whose rest the resource keeps. */
function segmentsAround({ rest }: CompiledResource, group: GroupInstance): readonly Segment[] {
  return rest.flatMap((place) =>
    followWay(place.way, group).flatMap(({ segments }) => segments.filter((segment) => isOf(place, segment))),
  );
}

/**
 * Notes which fields a resource has been told something new of, so that what is kept of their older values goes
 * though nothing is left of the new ones.
 */
export function settleRest(resource: CompiledResource, { env, id }: Instance): void {
  const { segment, group, run } = env;
  const own = keepsOwn(resource, segment) ? [segment] : [];
  const others = segmentsAround(resource, group).filter(({ name }) => name !== segment?.name);
  const found = unitsOf([...own, ...others]);
  if (found.length > 0) run.patches.settle(id, found);
}

const isPatient = ({ resource }: Keeper): boolean => resource.type === 'Patient';

/** Where a resource stands in the message. */
const placesOf = ({ instance: { env, also } }: Keeper): readonly Instance['env'][] => [env, ...also];

/** Who keeps what, found for all segments at once. */
class Claims {
  readonly keepers: Keepers = new Map();
  /** By name of a segment the groups that were looked through for it. */
  readonly #seen = new Map<string, Set<GroupInstance>>();

  /** Resources made of the very segment come first, then those of its group, then those of a group around it. */
  add(resources: readonly CompiledResource[], run: Run): void {
    const all = resources.flatMap((resource) =>
      run.instances(resource.name).flatMap((instance): readonly Keeper[] => {
        return run.patches.holds(instance.id) ? [{ resource, instance }] : [];
      }),
    );
    for (const keeper of all) {
      for (const { segment } of placesOf(keeper)) if (keepsOwn(keeper.resource, segment)) this.#claim(segment, keeper);
    }
    for (const keeper of all) this.#among(keeper, (place) => place.way.down.length === 0);
    // What is said far below is of the person only where it is of nothing else.
    const [persons, others] = [all.filter(isPatient), all.filter((keeper) => !isPatient(keeper))];
    for (const keeper of [...others, ...persons]) this.#among(keeper, (place) => place.way.down.length > 0);
  }

  #among(keeper: Keeper, isMeant: (place: RestPlace) => boolean): void {
    const places = keeper.resource.rest.filter(isMeant);
    if (places.length === 0) return;
    for (const { group } of placesOf(keeper)) for (const place of places) this.#around(keeper, place, group);
  }

  #around(keeper: Keeper, place: RestPlace, group: GroupInstance): void {
    let seen = this.#seen.get(place.segment);
    if (seen === undefined) this.#seen.set(place.segment, (seen = new Set()));
    for (const found of followWay(place.way, group)) {
      if (seen.has(found)) continue;
      seen.add(found);
      for (const segment of found.segments) if (isOf(place, segment)) this.#claim(segment, keeper);
    }
  }

  #claim(segment: Segment, keeper: Keeper): void {
    if (!this.keepers.has(segment.index)) this.keepers.set(segment.index, keeper);
  }
}

function keepersOf({ resources, run }: Made): Keepers {
  const keeping = resources.filter(({ rest }) => rest.length > 0);
  const [mentioned, told] = [keeping.filter(({ stub }) => stub), keeping.filter(({ stub }) => !stub)];
  const claims = new Claims();
  claims.add(told, run);
  // A resource that is only mentioned keeps what no other does.
  claims.add(mentioned, run);
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
  const keepers = keepersOf(made);
  const keeping = new Keeping(made);
  if (keepers.size > 0) {
    for (const remainder of remaindersOf([...left, ...unsaidParts(divided, made.run)])) {
      const keeper = keepers.get(remainder.first.segment.index);
      if (keeper !== undefined) keeping.keep(remainder, keeper);
    }
    keeping.finish();
  }
  return left.flatMap((part): readonly UnmappedField[] => {
    const { address, reason } = part;
    return reason !== undefined && isListed(part, keeping.parts.has(part)) ? [{ address, reason }] : [];
  });
}
