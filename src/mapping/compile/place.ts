import { didYouMean } from '../../core/nearest.ts';
import { nameKey } from '../../hl7/segment.ts';
import { Env } from '../run/run.ts';
import type { ScalarNode } from '../source/node.ts';
import type { SegmentFields } from '../types/hl7-model.ts';
import type { Scope } from './compiled.ts';
import type { Faults } from './faults.ts';
import { followWay, groupNames, segmentNames, findSegment, wayToGroup, type StructureGroup } from './structure-tree.ts';

/** Where a rule set stands: what its rules see, and every such place of a message. */
export interface Placement {
  readonly group: StructureGroup;
  readonly scope: Scope;
  readonly over: (root: Env) => readonly Env[];
}

interface Placing {
  readonly root: StructureGroup;
  readonly segments: SegmentFields;
  readonly lenient: boolean;
  readonly faults: Faults;
}

const NOWHERE: readonly Env[] = [];

function inSegments(root: StructureGroup, groups: readonly string[], segment: string): Placement | undefined {
  const outer = groups.length === 0 ? undefined : wayToGroup(root, groups);
  if (groups.length > 0 && outer === undefined) return undefined;
  const found = findSegment(outer?.group ?? root, segment);
  if (found === undefined || found.way.up > 0) return undefined;
  const { way, group } = found;
  const key = nameKey(segment, 0);
  return {
    group,
    scope: { segment },
    over: ({ run, group: here }) => {
      if (!run.presence.holds(key)) return NOWHERE;
      const envs: Env[] = [];
      for (const from of outer === undefined ? [here] : followWay(outer.way, here)) {
        for (const place of followWay(way, from)) {
          for (const one of place.segments) if (one.name === segment) envs.push(Env.of(run, place, one));
        }
      }
      return envs;
    },
  };
}

/** Finds `PATIENT.PID`, `NK1`, `ORDER_OBSERVATION.OBSERVATION`; undefined where a shared part meets a structure without it. */
export function placeOf(node: ScalarNode, { root, segments, lenient, faults }: Placing): Placement | undefined {
  const path = String(node.value).split('.');
  const last = path.at(-1) ?? '';
  const way = path[0] === root.name && path.length === 1 ? undefined : wayToGroup(root, path);
  if (path.length === 1 && last === root.name) return { group: root, scope: {}, over: (env) => [env] };
  if (way !== undefined) {
    return {
      group: way.group,
      scope: {},
      over: (env) => followWay(way.way, env.group).map((group) => Env.of(env.run, group)),
    };
  }
  const found = segments.has(last) ? inSegments(root, path.slice(0, -1), last) : undefined;
  if (found === undefined && !lenient) {
    const hint = didYouMean(last, [...groupNames(root), ...segmentNames(root)]);
    faults.add('mapping.unknown-path', `the structure ${root.name} has no ${path.join('.')}${hint}`, node.at);
  }
  return found;
}
