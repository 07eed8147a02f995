import { formatProblem } from '../../../src/core/problem.ts';
import { isObject, stringifyFhir } from '../../../src/fhir/json.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';
import type { MappingFile, MappingSet } from '../../../src/mapping/contract.ts';
import type {
  OutboundInput,
  OutboundMapping,
  OutboundResult,
  OutboundSet,
  OutboundSettings,
} from '../../../src/mapping/outbound/contract.ts';
import { loadOutbound } from '../../../src/mapping/outbound/load.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { CONTEXT, mapped, mappingFiles } from '../mapping/mapping-files.ts';

/** Compiled outbound mappings; the test fails where a file has a fault. */
export function loadedOutbound(files: readonly MappingFile[] = mappingFiles()): OutboundSet {
  const set = loadOutbound(files);
  if (set.ok) return set.value;
  throw new TypeError(set.error.map(formatProblem).join('\n'));
}

/** What a receiver that sent the same numbers without an authority is told. */
const SETTINGS: OutboundSettings = {
  zone: '+08:00',
  authorities: { 'urn:jingluo:namespace/HIS': '' },
};

/** The mapping of a message for a receiver. */
export function outbound(set: OutboundSet, name: string, settings: OutboundSettings = SETTINGS): OutboundMapping {
  const mapping = set.for(name, settings);
  if (mapping.ok) return mapping.value;
  throw new TypeError(mapping.error.map(formatProblem).join('\n'));
}

/** Resources as input, each under its own address. */
export const inputOf = (resources: readonly FhirResource[]): OutboundInput => ({
  entries: resources.map((resource) => ({ resource })),
});

/** Runs a mapping at a fixed time with numbers from 1. */
export function run(mapping: OutboundMapping, input: OutboundInput): OutboundResult {
  let number = 0;
  const nextControlId = (): string => String((number += 1));
  return mapping.run(input, { now: new Date('2026-11-21T00:00:00Z'), nextControlId });
}

/** Segments of a message, one a line. */
export const linesOf = (text: string): readonly string[] => text.trimEnd().split('\r');

/** The resources of a message. */
export function resourcesOf(inbound: MappingSet, text: string): readonly FhirResource[] {
  const read = readMessage(new TextEncoder().encode(text));
  if (!read.ok) throw new TypeError(formatProblem(read.error));
  return toResources(mapped(inbound, read.value, CONTEXT));
}

function leaf(value: unknown, names: ReadonlyMap<string, string>): string {
  const text = stringifyFhir(value);
  return typeof value === 'string' ? (names.get(value) ?? text) : text;
}

function collect(value: unknown, place: Place, leaves: Map<string, string>, names: ReadonlyMap<string, string>): void {
  if (Array.isArray(value)) {
    value.forEach((one, index) => {
      collect(one, { ...place, path: `${place.path}[${index}]` }, leaves, names);
    });
  } else if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      collect(part, { path: `${place.path}.${name}`, plain: `${place.plain}.${name}` }, leaves, names);
    }
  } else {
    leaves.set(place.path, `${place.plain} = ${leaf(value, names)}`);
  }
}

interface Place {
  readonly path: string;
  readonly plain: string;
}

/** What a resource is called whatever its id: its first number, or its name. */
function nameOf(resource: FhirResource): string {
  const { identifier, name, resourceType } = resource;
  const first: unknown = Array.isArray(identifier) ? identifier[0] : undefined;
  const number = isObject(first) ? stringifyFhir(first['value'] ?? '') : '';
  return `${resourceType} ${number === '' ? stringifyFhir(name ?? '') : number}`;
}

/** Every leaf of the resources by its path, with type, element and value; ids and references by what they mean. */
export function leavesOf(resources: readonly FhirResource[]): ReadonlyMap<string, string> {
  const names = new Map(resources.map((one) => [`${one.resourceType}/${String(one['id'])}`, nameOf(one)]));
  const leaves = new Map<string, string>();
  for (const resource of resources) {
    const { resourceType, id, ...elements } = resource;
    collect(elements, { path: `${resourceType}/${String(id)}`, plain: resourceType }, leaves, names);
  }
  return leaves;
}
