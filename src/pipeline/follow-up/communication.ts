import type { FhirResource } from '../../fhir/patch.ts';
import type { Attempt } from './rows.ts';

/** A message to or from a patient as FHIR shows it. The text is what was sent; who may read it is the endpoint's concern. */
export function communicationOf(id: string, attempt: Attempt, at: Date): FhirResource {
  const incoming = attempt.direction === 'in';
  return {
    resourceType: 'Communication',
    id,
    status: 'completed',
    identifier: [{ system: 'urn:jingluo:attempt', value: attempt.id }],
    category: [{ coding: [{ system: 'urn:jingluo:plan', code: attempt.plan }] }],
    medium: [{ coding: [{ system: 'urn:jingluo:channel', code: attempt.channel }] }],
    subject: { reference: `Patient/${attempt.rec}` },
    [incoming ? 'received' : 'sent']: at.toISOString(),
    payload: [{ contentString: attempt.text }],
    ...(attempt.risk === undefined ? {} : { note: [{ text: attempt.risk }] }),
  };
}
