import { isObject, listOf } from '../fhir/json.ts';
import { isFieldExtension } from '../fhir/local-systems.ts';
import type { FhirResource } from '../fhir/patch.ts';

/** The elements that are the value of a type, where not everything but the status is. */
const VALUES: Readonly<Record<string, RegExp>> = {
  Appointment: /^(start|end|minutesDuration)$/,
  DiagnosticReport: /^(conclusion|conclusionCode|result|presentedForm)$/,
  Encounter: /^(class|period)$/,
  Observation: /^_?(value[A-Z]\w*|component|dataAbsentReason)$/,
};

const NOT_VALUE: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'status', 'statusReason']);

/** What is kept of HL7 fields that no rule reads is no value: nobody asked for it. */
function isValue(name: string, value: unknown): boolean {
  if (NOT_VALUE.has(name)) return false;
  return name !== 'extension' || askedFor(value).length > 0;
}

const askedFor = (extensions: unknown): readonly unknown[] =>
  listOf(extensions).filter((one) => !isObject(one) || !isFieldExtension(one['url']));

/**
 * What `RecordEvent.change` counts changes of: the value of a resource, not its status or its meta (DESIGN section 6), nor
 * what is only kept of its message.
 */
export function valueOf(resource: FhirResource): Readonly<Record<string, unknown>> {
  const only = VALUES[resource.resourceType];
  const entries = Object.entries(resource);
  if (only !== undefined) return Object.fromEntries(entries.filter(([name]) => only.test(name)));
  const values = entries.filter(([name, value]) => isValue(name, value));
  return Object.fromEntries(values.map(([name, value]) => [name, name === 'extension' ? askedFor(value) : value]));
}
