import type { ElementNews, FhirResource, ResourcePatch } from '../fhir/patch.ts';
import { isObject } from '../fhir/json.ts';
import type { MappingResult, ToResources } from './result.ts';

function apply(resource: Record<string, unknown>, name: string, news: ElementNews): void {
  if (news.kind === 'value') {
    const isNothing = news.keep !== undefined && isObject(news.value) && Object.keys(news.value).length === 0;
    if (isNothing) Reflect.deleteProperty(resource, name);
    else resource[name] = news.value;
  } else if (news.kind === 'delete') {
    Reflect.deleteProperty(resource, name);
  } else {
    const entries = Object.values(news.units).flat();
    if (entries.length > 0) resource[name] = entries;
  }
}

function lay(resource: Record<string, unknown>, patch: ResourcePatch): void {
  for (const [name, news] of Object.entries(patch.elements)) apply(resource, name, news);
}

const UNKNOWN = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};
/** States in which an appointment may be without its times (app-3). */
const TIMELESS: ReadonlySet<unknown> = new Set(['proposed', 'cancelled', 'waitlist']);

/** A no-show names its appointment, not its time, which the record knows; by itself it has to say that it does not. */
function withTimes<R extends FhirResource & Record<string, unknown>>(resource: R): R {
  const { resourceType, status, start } = resource;
  if (resourceType !== 'Appointment' || start !== undefined || TIMELESS.has(status)) return resource;
  return { ...resource, _start: UNKNOWN, _end: UNKNOWN };
}

/** The resources of a result as whole FHIR resources: what stubs say counts only where the message says nothing more. */
export const toResources: ToResources = (result) => {
  const resources = new Map<string, FhirResource & Record<string, unknown>>();
  const ordered = [...result.patches].sort((a, b) => Number(b.stub === true) - Number(a.stub === true));
  for (const patch of ordered) {
    const address = `${patch.type}/${patch.id}`;
    const resource = resources.get(address) ?? { resourceType: patch.type, id: patch.id };
    lay(resource, patch);
    resources.set(address, resource);
  }
  return [...resources.values()].map(withTimes);
};

/** Base of the full URLs of a Bundle, so that its relative references resolve inside it; no server is meant. */
const BASE = 'http://jingluo.invalid/fhir';

/**
 * One Bundle of type `collection` for a message, with what a mapping says of the Bundle itself; references inside it
 * resolve by `Type/id`.
 */
export function toBundle(result: MappingResult): FhirResource {
  const resources = toResources(result);
  const bundle = resources.find(({ resourceType }) => resourceType === 'Bundle');
  const inside = resources.filter((resource) => resource !== bundle);
  const entry = inside.map((resource) => ({
    fullUrl: `${BASE}/${resource.resourceType}/${typeof resource['id'] === 'string' ? resource['id'] : ''}`,
    resource,
  }));
  return { resourceType: 'Bundle', type: 'collection', ...bundle, entry };
}
