import type { Table } from '../tables/table.ts';
import type { FieldType, SegmentFields } from '../types/hl7-model.ts';
import { wayBelow, wayBetween, wayToGroup, wayToSegment, type StructureGroup, type Way } from './structure-tree.ts';

/** A rule set that others may refer to by `$name`. */
export interface Referable {
  readonly type: string;
  readonly scope: StructureGroup;
}

/** What a mapping gives to all its rule sets. */
export interface Surroundings {
  readonly root: StructureGroup;
  readonly segments: SegmentFields;
  readonly tables: ReadonlyMap<string, Table>;
  readonly resources: ReadonlyMap<string, Referable>;
  /** Files of parts that several messages share. */
  readonly shared: ReadonlySet<string>;
}

/** The group that a rule set stands in (0), or the one around it (1). */
type Level = 0 | 1;

type Question = (surroundings: Surroundings, group: StructureGroup) => unknown;

interface Asked {
  readonly question: Question;
  readonly answer: unknown;
}

const at = (group: StructureGroup, level: Level): StructureGroup => (level === 0 ? group : (group.parent ?? group));

/**
 * What a rule set is told about the mapping it stands in while it is compiled. It remembers what was asked: where
 * another mapping would give the same answers, the same closures serve there.
 */
export class Around {
  readonly surroundings: Surroundings;
  readonly #group: StructureGroup;
  readonly #asked = new Map<string, Asked>();

  constructor(surroundings: Surroundings, group: StructureGroup) {
    this.surroundings = surroundings;
    this.#group = group;
  }

  /** True where everything that was asked has the same answer elsewhere. */
  isSameIn(surroundings: Surroundings, group: StructureGroup): boolean {
    for (const { question, answer } of this.#asked.values()) if (question(surroundings, group) !== answer) return false;
    return true;
  }

  /** For a part of the rule set, which may serve elsewhere though the whole does not. */
  ofPart(): Around {
    return new Around(this.surroundings, this.#group);
  }

  /** True where a part that was compiled elsewhere comes to the same here. */
  agreesWith(part: Around): boolean {
    return part.isSameIn(this.surroundings, this.#group);
  }

  /** Takes over what a part asked. */
  include(part: Around): void {
    for (const [name, asked] of part.#asked) this.#asked.set(name, asked);
  }

  /** Way to the nearest segment of a name. */
  wayToSegment(segment: string): Way | undefined {
    return this.#ask(`segment ${segment}`, (_, group) => wayToSegment(group, segment));
  }

  /** Way to a segment in the group of the rule set or below it. */
  wayBelow(segment: string): Way | undefined {
    return this.#ask(`below ${segment}`, (_, group) => wayBelow(group, segment));
  }

  /** Way to the nearest group of a name. */
  wayToGroup(name: string): Way | undefined {
    return this.#ask(`group ${name}`, (_, group) => wayToGroup(group, [name])?.way);
  }

  /** Type of the resources of a rule set; undefined where the mapping has none of that name. */
  typeOf(name: string): string | undefined {
    return this.#ask(`type ${name}`, ({ resources }) => resources.get(name)?.type);
  }

  /** How far above the rule set (or the group around it) and above another one both meet. */
  meeting(name: string, level: Level): Way | undefined {
    return this.#ask(`meeting ${level} ${name}`, ({ resources }, group) => {
      const target = resources.get(name);
      return target === undefined ? undefined : wayBetween(at(group, level), target.scope);
    });
  }

  /** True for a rule set that stands in the message as a whole. */
  get isOutermost(): boolean {
    return this.#ask('outermost', (_, group) => group.parent === undefined);
  }

  /** Fields of a segment; undefined where HL7 and the mapping know no such segment. */
  fieldsOf(segment: string): readonly FieldType[] | undefined {
    return this.#ask(`fields ${segment}`, ({ segments }) => segments.get(segment));
  }

  table(name: string): Table | undefined {
    return this.#ask(`table ${name}`, ({ tables }) => tables.get(name));
  }

  /** True in a part that several messages share, where it is no fault that a structure lacks a segment. */
  isShared(file: string): boolean {
    return this.#ask(`shared ${file}`, ({ shared }) => shared.has(file));
  }

  #ask<Answer>(name: string, question: (surroundings: Surroundings, group: StructureGroup) => Answer): Answer {
    const answer = question(this.surroundings, this.#group);
    this.#asked.set(name, { question, answer });
    return answer;
  }
}
