import type { Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { eventsOf } from '../../hl7/events.ts';
import type { StructurePart } from '../../hl7/structure.ts';
import { Faults } from '../compile/faults.ts';
import { assembleSite } from '../compile/assemble.ts';
import type { MappingFile } from '../contract.ts';
import { readLibrary } from '../read/library.ts';
import { child, entriesOf, textAt, textsAt, type MapNode, type Node } from '../source/node.ts';
import type { Table } from '../tables/table.ts';
import { STANDARD_SEGMENTS } from '../types/hl7-model.ts';
import { describeResource, type DescribedRule } from './rules.ts';

/** A mapping of one message structure as a reader sees it. */
export interface DescribedMapping {
  /** `ADT_A01`. */
  readonly structure: string;
  /** Trigger events: `A01`. */
  readonly events: readonly string[];
  /** Segments of the structure in the order of its grammar, each once; Z segments of a site last. */
  readonly segments: readonly string[];
  /** Rules that apply to this structure. */
  readonly rules: readonly DescribedRule[];
  /** Fields that are no data (`MSH-1..21`). */
  readonly structural: readonly string[];
  /** Fields that R4 has no element for (`PID-12`). */
  readonly noPlace: readonly string[];
  readonly directives: readonly DescribedDirective[];
  /** Resources that keep in extensions what no rule reads. */
  readonly keepers: readonly DescribedKeeper[];
}

/** A resource that keeps what no rule reads of some segments. */
interface DescribedKeeper {
  readonly type: string;
  /** Segments that the structure has (`PV1`). */
  readonly segments: readonly string[];
}

/** What a message states of numbers of patients, accounts or visits. */
export interface DescribedDirective {
  /** `merge`, `change`, `move`, `link`, `unlink`, `delete`. */
  readonly kind: string;
  /** Rule set whose numbers they are. */
  readonly of: string;
  /** Condition as written; `''` where it always holds. */
  readonly when: string;
  /** The number it is about, and the one that counts or says to whom it goes, as written; `''` where there is none. */
  readonly number: string;
  readonly other: string;
}

function directivesOf(node: Node | undefined): readonly DescribedDirective[] {
  return entriesOf(node).map(({ value }) => {
    const text = (...names: readonly string[]): string =>
      names.flatMap((name) => textsAt(child(value, name))).join(', ');
    return {
      kind: text('kind'),
      of: text('of') || 'patient',
      when: text('when'),
      number: text('retired', 'moved'),
      other: text('survivor', 'to'),
    };
  });
}

/** Segments and groups of a grammar by name. */
function namesOf(parts: readonly StructurePart[]): readonly { name: string; isGroup: boolean }[] {
  return parts.flatMap((part) =>
    'segment' in part
      ? [{ name: part.segment, isGroup: false }]
      : [{ name: part.group, isGroup: true }, ...namesOf(part.parts)],
  );
}

/** A text may name several fields. */
const wordsAt = (node: Node | undefined): readonly string[] => textsAt(node).flatMap((text) => text.split(/\s+/u));

/** A shared part may speak of segments that this structure lacks: its rules do not apply here. */
function appliesTo(rule: DescribedRule, segments: ReadonlySet<string>): boolean {
  const { fields } = rule.readings;
  return fields.length === 0 || fields.some((field) => segments.has(field.slice(0, 3)));
}

/** `VISIT_ROLE.ROL` is of the segment `ROL`; `Z*` is of no segment of the standard. */
function keepersOf(node: MapNode, segments: ReadonlySet<string>): readonly DescribedKeeper[] {
  if (textAt(child(node, 'rest')) === 'none') return [];
  return entriesOf(child(node, 'resources')).flatMap(({ value }) => {
    const named = textsAt(child(value, 'rest')).map((text) => text.replace(/^.*\./u, ''));
    const kept = [...new Set(named.filter((name) => segments.has(name)))];
    return kept.length === 0 ? [] : [{ type: textAt(child(value, 'type')) ?? '', segments: kept }];
  });
}

function describe(structure: string, node: MapNode, parts: readonly StructurePart[]): DescribedMapping {
  const declared = entriesOf(child(node, 'segments')).map(({ key }) => key);
  const names = namesOf(parts);
  const segments = [...new Set([...names.filter(({ isGroup }) => !isGroup).map(({ name }) => name), ...declared])];
  const known = new Set(segments);
  const places = new Set([structure, ...names.map(({ name }) => name), ...declared]);
  const rules = entriesOf(child(node, 'resources')).flatMap(({ key, value }) => {
    const place = textAt(child(value, 'from') ?? child(value, 'each')) ?? structure;
    const stands = place.split('.').every((part) => places.has(part));
    return stands ? describeResource(key, value).filter((rule) => appliesTo(rule, known)) : [];
  });
  return {
    structure,
    events: textsAt(child(node, 'events')).flatMap(eventsOf),
    segments,
    rules,
    structural: wordsAt(child(node, 'structural')),
    noPlace: wordsAt(child(node, 'noPlace')),
    directives: directivesOf(child(node, 'directives')),
    keepers: keepersOf(node, known),
  };
}

/**
 * What the mappings of a site say, rule by rule, for pages and reports; `''` is the base. Fails with every fault of the
 * files, as loading them would.
 */
export function describeMappings(
  files: readonly MappingFile[],
  site = '',
): Result<readonly DescribedMapping[], readonly Problem[]> {
  const library = readLibrary(files);
  const faults = new Faults();
  const assembled = assembleSite(library, site, faults);
  const found = [...library.faults, ...faults.list];
  if (found.length > 0) return err(found);
  const mappings = [...assembled].map(([name, node]) =>
    describe(name, node, library.structures.get(name)?.parts ?? []),
  );
  return ok(mappings.sort((a, b) => (a.structure < b.structure ? -1 : 1)));
}

/** The tables of the base by name. */
export function baseTables(files: readonly MappingFile[]): ReadonlyMap<string, Table> {
  return new Map([...readLibrary(files).base.tables].map(([name, { table }]) => [name, table]));
}

/** The field numbers of a segment of the standard; none of a Z segment. */
export const fieldsOfSegment = (segment: string): readonly number[] =>
  (STANDARD_SEGMENTS.get(segment) ?? []).map((_, index) => index + 1);

/** The fields of a mapping that are no data, one by one: `MSH-10`. */
export function structuralOf({ structural }: DescribedMapping): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const text of structural) {
    const [, segment = '', from = '', to = from] = /^(\w{3})-(\d+)(?:\.\.(\d+))?$/u.exec(text) ?? [];
    for (let n = Number(from); n <= Number(to); n += 1) fields.add(`${segment}-${n}`);
  }
  return fields;
}
