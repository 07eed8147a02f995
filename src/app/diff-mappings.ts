import { decimalText, isObject } from '../fhir/json.ts';
import { toResources } from '../mapping/to-resources.ts';
import type { Mapped } from './map-files.ts';

/** One leaf that two mappings say differently of one message. */
export interface Difference {
  /** `Patient.gender`, `Observation[2].code.coding[0].code`, `unmapped PID-8`, `warning mapping.invalid-value PID-7`. */
  readonly place: string;
  /** Absent where the first mapping does not say it. */
  readonly before?: string;
  readonly after?: string;
}

/** Leaves of a result by resource and path. */
type Leaves = ReadonlyMap<string, string>;

function addLeaves(leaves: Map<string, string>, path: string, value: unknown): void {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) addLeaves(leaves, `${path}[${index}]`, item);
  else if (isObject(value) && decimalText(value) === undefined)
    for (const [name, part] of Object.entries(value)) addLeaves(leaves, `${path}.${name}`, part);
  else leaves.set(path, decimalText(value) ?? String(value));
}

/** `Observation/<id>` as `Observation[2]`, or `Observation` where there is one. */
class Names {
  readonly #byType = new Map<string, string[]>();

  add(type: string, id: string): void {
    const ids = this.#byType.get(type) ?? [];
    this.#byType.set(type, ids);
    if (!ids.includes(id)) ids.push(id);
  }

  of(type: string, id: string): string {
    const ids = this.#byType.get(type) ?? [];
    return ids.length < 2 ? type : `${type}[${ids.indexOf(id)}]`;
  }
}

function resourcesOf({ result }: Mapped) {
  return result === undefined ? [] : toResources(result);
}

function leavesOf(mapped: Mapped, names: Names): Leaves {
  const leaves = new Map<string, string>();
  for (const { resourceType, ...rest } of resourcesOf(mapped)) {
    const name = names.of(resourceType, String(rest['id']));
    for (const [key, value] of Object.entries(rest)) if (key !== 'id') addLeaves(leaves, `${name}.${key}`, value);
  }
  addBeside(leaves, mapped);
  return leaves;
}

/** What a result says beside its resources. */
function addBeside(leaves: Map<string, string>, { result, problem }: Mapped): void {
  for (const { address, reason } of result?.unmapped ?? []) leaves.set(`unmapped ${address}`, reason);
  for (const { code, at } of result?.warnings ?? []) leaves.set(`warning ${code} ${at?.path ?? ''}`.trim(), 'yes');
  if (problem !== undefined) leaves.set(`problem ${problem.code}`, problem.message);
}

/** What two mappings say differently of the same message, in the order of places. */
export function differencesOf(before: Mapped, after: Mapped): readonly Difference[] {
  const names = new Names();
  for (const one of [before, after]) {
    for (const { resourceType, ...rest } of resourcesOf(one)) names.add(resourceType, String(rest['id']));
  }
  const [first, second] = [leavesOf(before, names), leavesOf(after, names)];
  return [...new Set([...first.keys(), ...second.keys()])].sort().flatMap((place): readonly Difference[] => {
    const [was, is] = [first.get(place), second.get(place)];
    if (was === is) return [];
    return [{ place, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}
