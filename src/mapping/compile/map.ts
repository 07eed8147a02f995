import { didYouMean } from '../../core/nearest.ts';
import type { Structure } from '../../hl7/structure.ts';
import type { CompiledMapping } from '../contract.ts';
import type { StructuralFields } from '../run/account.ts';
import type { RunSetting } from '../run/run.ts';
import { child, entriesOf, textAt, textsAt, type Entry, type MapNode } from '../source/node.ts';
import type { Table } from '../tables/table.ts';
import { isResourceType } from '../types/fhir-model.ts';
import type { SegmentFields } from '../types/hl7-model.ts';
import type { Referable } from './compiled.ts';
import { compileDirective, type CompiledDirective } from './directive.ts';
import type { SharedContext } from './rule-context.ts';
import type { Faults } from './faults.ts';
import { compiledMapping } from './mapping.ts';
import { placeOf, type Placement } from './place.ts';
import { compileResource, type CompiledResource } from './resource.ts';
import { structureTree, type StructureGroup } from './structure-tree.ts';

/** What a mapping is compiled with. */
interface MapContext {
  readonly faults: Faults;
  readonly tables: ReadonlyMap<string, Table>;
  readonly segments: SegmentFields;
  readonly shared: ReadonlySet<string>;
  readonly structure: Structure;
  readonly version: string;
}

function placementOf(entry: Entry, root: StructureGroup, context: MapContext): Placement | undefined {
  const place = child(entry.value, 'from') ?? child(entry.value, 'each');
  if (place?.kind !== 'scalar') return { scope: { group: root }, over: (env) => [env] };
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
  expressions: SharedContext,
  context: MapContext,
): readonly CompiledResource[] {
  const { faults, shared } = context;
  return placed.flatMap(([{ key, value }, placement]) =>
    value.kind === 'map' ? [compileResource(key, value, { faults, expressions, shared, placement })] : [],
  );
}

function compileDirectives(
  placed: Placed,
  expressions: SharedContext,
  context: MapContext,
): readonly CompiledDirective[] {
  const { faults, shared } = context;
  return placed.flatMap(([{ key, value }, placement]) =>
    value.kind === 'map' ? [compileDirective(key, value, { faults, expressions, shared, placement })] : [],
  );
}

/** `MSH-1..28` and `PID-1` to field numbers by segment. */
function structuralFields(texts: readonly string[]): StructuralFields {
  const fields = new Map<string, Set<number>>();
  for (const text of texts) {
    const [, segment = '', from = '', to = from] = /^([A-Z][A-Z0-9]{2})-(\d+)(?:\.\.(\d+))?$/u.exec(text) ?? [];
    const numbers = fields.get(segment) ?? new Set<number>();
    for (let n = Number(from); n <= Number(to); n += 1) numbers.add(n);
    fields.set(segment, numbers);
  }
  return fields;
}

function settingOf(node: MapNode, tables: ReadonlyMap<string, Table>): RunSetting {
  const codeSystems = new Map([...(tables.get('coding-systems')?.rows ?? [])].map(([name, row]) => [name, row.code]));
  const zone = textAt(child(child(node, 'defaults'), 'timezone'));
  return zone === undefined ? { codeSystems } : { codeSystems, zone };
}

/** Compiles one mapping that was laid together from base, parts and overlays. */
export function compileMap(node: MapNode, context: MapContext): CompiledMapping {
  const { faults, tables, segments, structure, version } = context;
  const root = structureTree(structure);
  const known = entriesOf(child(node, 'resources')).filter((entry) => isKnownType(entry, faults));
  const placed = place(known, root, context);
  const resources = new Map<string, Referable>(
    placed.map(([{ key, value }, { scope }]) => [
      key,
      { type: textAt(child(value, 'type')) ?? '', scope: scope.group },
    ]),
  );
  const expressions: SharedContext = { root, segments, tables, resources };
  return compiledMapping({
    structure,
    version,
    resources: compileResources(placed, expressions, context),
    directives: compileDirectives(place(entriesOf(child(node, 'directives')), root, context), expressions, context),
    structural: structuralFields(textsAt(child(node, 'structural'))),
    setting: settingOf(node, tables),
  });
}
