import type { FhirResource } from '../fhir/patch.ts';

/** The elements that are the value of a type, where not everything but the status is. */
const VALUES: Readonly<Record<string, RegExp>> = {
  Appointment: /^(start|end|minutesDuration)$/,
  DiagnosticReport: /^(conclusion|conclusionCode|result|presentedForm)$/,
  Encounter: /^(class|period)$/,
  Observation: /^_?(value[A-Z]\w*|component|dataAbsentReason)$/,
};

const NOT_VALUE: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'status', 'statusReason']);

/** What `RecordEvent.change` counts changes of: the value of a resource, not its status or its meta (DESIGN section 6). */
export function valueOf(resource: FhirResource): Readonly<Record<string, unknown>> {
  const only = VALUES[resource.resourceType];
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => (only === undefined ? !NOT_VALUE.has(name) : only.test(name))),
  );
}
