import { didYouMean } from '../../core/nearest.ts';
import type { Structure } from '../../hl7/structure.ts';
import type { CompiledMapping } from '../contract.ts';
import type { FieldNumbers } from '../run/account.ts';
import type { RunSetting } from '../run/run-setting.ts';
import {
  child,
  entriesOf,
  textAt,
  textsAt,
  type Entry,
  type MapNode,
  type Node,
  type ScalarNode,
} from '../source/node.ts';
import type { Table } from '../tables/table.ts';
import { isResourceType } from '../types/fhir-model.ts';
import type { SegmentFields } from '../types/hl7-model.ts';
import type { Referable, Surroundings } from './around.ts';
import { Around } from './around.ts';
import { compileDirective, type CompiledDirective } from './directive.ts';
import type { Faults } from './faults.ts';
import { compiledMapping } from './mapping.ts';
import { placeOf, type Placement } from './place.ts';
import type { KnownResources } from './known-resources.ts';
import type { CompiledResource } from './resource.ts';
import { structureTree, type StructureGroup } from './structure-tree.ts';

/** What a mapping is compiled with. */
interface MapContext {
  readonly faults: Faults;
  readonly tables: ReadonlyMap<string, Table>;
  readonly segments: SegmentFields;
  readonly shared: ReadonlySet<string>;
  readonly structure: Structure;
  readonly version: string;
  readonly known: KnownResources;
  readonly codeSystems: ReadonlyMap<string, string>;
}

/** A directive stands in each segment of the number that it is about: `retired: MRG-1`. */
function segmentOfDirective(node: Node): ScalarNode | undefined {
  const number = child(node, 'retired') ?? child(node, 'moved');
  const segment = /^[A-Z][A-Z0-9]{2}(?=-)/u.exec(textAt(number) ?? '')?.[0];
  return number?.kind !== 'scalar' || segment === undefined ? undefined : { ...number, value: segment };
}

function placementOf(entry: Entry, root: StructureGroup, context: MapContext): Placement | undefined {
  const place = child(entry.value, 'from') ?? child(entry.value, 'each') ?? segmentOfDirective(entry.value);
  if (place?.kind !== 'scalar') return { group: root, scope: {}, over: (env) => [env] };
  const { faults, segments, shared } = context;
  return placeOf(place, { root, segments, faults, lenient: shared.has(place.at.file ?? '') });
}

function isKnownType(entry: Entry, faults: Faults): boolean {
  const type = child(entry.value, 'type');
  const name = textAt(type) ?? '';
  if (isResourceType(name)) return true;
  const hint = didYouMean(name, ['Patient', 'Encounter', 'Observation', 'DiagnosticReport', 'ServiceRequest']);
  const message = name === '' ? 'the type of the resource is missing' : `FHIR has no resource ${name}${hint}`;
  faults.add('mapping.unknown-element', message, { ...(type?.at ?? entry.at), path: entry.key });
  return false;
}

type Placed = readonly (readonly [Entry, Placement])[];

function place(entries: readonly Entry[], root: StructureGroup, context: MapContext): Placed {
  return entries.flatMap((entry): Placed => {
    const placement = placementOf(entry, root, context);
    return placement === undefined ? [] : [[entry, placement]];
  });
}

function compileResources(
  placed: Placed,
  surroundings: Surroundings,
  context: MapContext,
): readonly CompiledResource[] {
  const { faults, known } = context;
  return placed.flatMap(([{ key, value }, placement]) =>
    value.kind === 'map' ? [known.compile(key, value, { faults, surroundings, placement })] : [],
  );
}

function compileDirectives(
  placed: Placed,
  surroundings: Surroundings,
  { faults }: MapContext,
): readonly CompiledDirective[] {
  return placed.flatMap(([{ key, value }, placement]) => {
    if (value.kind !== 'map') return [];
    return [compileDirective(key, value, { faults, around: new Around(surroundings, placement.group), placement })];
  });
}

/** `MSH-1..28` and `PID-1` to field numbers by segment. */
function fieldsOf(texts: readonly string[]): FieldNumbers {
  const fields = new Map<string, Set<number>>();
  for (const text of texts) {
    const [, segment = '', from = '', to = from] = /^([A-Z][A-Z0-9]{2})-(\d+)(?:\.\.(\d+))?$/u.exec(text) ?? [];
    const numbers = fields.get(segment) ?? new Set<number>();
    for (let n = Number(from); n <= Number(to); n += 1) numbers.add(n);
    fields.set(segment, numbers);
  }
  return fields;
}

function settingOf(node: MapNode, { codeSystems }: MapContext): RunSetting {
  const zone = textAt(child(child(node, 'defaults'), 'timezone'));
  return zone === undefined ? { codeSystems } : { codeSystems, zone };
}

/** Compiles one mapping that was laid together from base, parts and overlays. */
export function compileMap(node: MapNode, context: MapContext): CompiledMapping {
  const { faults, tables, segments, shared, structure, version } = context;
  const root = structureTree(structure);
  const known = entriesOf(child(node, 'resources')).filter((entry) => isKnownType(entry, faults));
  const placed = place(known, root, context);
  const resources = new Map<string, Referable>(
    placed.map(([{ key, value }, { group }]) => [key, { type: textAt(child(value, 'type')) ?? '', scope: group }]),
  );
  const surroundings: Surroundings = { root, segments, tables, resources, shared };
  const compiled = compileResources(placed, surroundings, context);
  return compiledMapping({
    structure,
    version,
    resources: textAt(child(node, 'rest')) === 'none' ? compiled.map((one) => ({ ...one, rest: undefined })) : compiled,
    directives: compileDirectives(place(entriesOf(child(node, 'directives')), root, context), surroundings, context),
    structural: fieldsOf(textsAt(child(node, 'structural'))),
    noPlace: fieldsOf(textsAt(child(node, 'noPlace'))),
    setting: settingOf(node, context),
  });
}
