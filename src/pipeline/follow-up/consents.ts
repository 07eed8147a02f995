import type { FhirResource } from '../../fhir/patch.ts';
import type { ConsentFact } from '../../triggers/consent.ts';
import { CHANNEL_NAMES, PURPOSES } from '../../triggers/plan.ts';
import type { Channel } from '../../triggers/plan.ts';
import { isRecord, recordsOf } from './views.ts';

/** Code system of channels in the Consents that the engine writes. */
const CHANNEL_SYSTEM = 'urn:jingluo:channel';

/**
 * What Consent resources say about messages. Purposes and channels are recognised by their codes wherever they stand in
 * a provision (purpose, action, class, code); a provision without type follows `permit`, a nested one overrides.
 */
export function consentFacts(resources: readonly FhirResource[]): readonly ConsentFact[] {
  return resources
    .filter((resource) => resource.resourceType === 'Consent' && resource['status'] !== 'entered-in-error')
    .filter((resource) => resource['status'] === 'active' || resource['status'] === 'rejected')
    .flatMap((resource) => factsOfConsent(resource));
}

function factsOfConsent(resource: FhirResource): readonly ConsentFact[] {
  const at = typeof resource['dateTime'] === 'string' ? resource['dateTime'] : '1970-01-01T00:00:00Z';
  const refused = resource['status'] === 'rejected';
  const provision = resource['provision'];
  if (!isRecord(provision)) return refused ? [{ permit: false, purposes: [], channels: [], at }] : [];
  const nested = recordsOf(provision['provision']);
  return [provision, ...nested].map((part) => {
    const codes = codesIn(['purpose', 'action', 'class', 'code'].map((name) => part[name]));
    return {
      permit: !refused && part['type'] !== 'deny',
      purposes: codes.filter((code) => PURPOSES.some((purpose) => purpose === code)),
      channels: codes.filter((code) => CHANNEL_NAMES.some((channel) => channel === code)),
      at,
    };
  });
}

function codesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => codesIn(item));
  if (!isRecord(value)) return [];
  const own = typeof value['code'] === 'string' ? [value['code']] : [];
  return [...own, ...codesIn(value['coding'])];
}

/** A refusal of one channel, as the engine records it from a reply (source `DESK`). */
export function optOutConsent(id: string, rec: string, channel: Channel, at: Date): FhirResource {
  return {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${rec}` },
    dateTime: at.toISOString(),
    policyRule: { text: 'opt-out' },
    provision: { type: 'deny', action: [{ coding: [{ system: CHANNEL_SYSTEM, code: channel }] }] },
  };
}
