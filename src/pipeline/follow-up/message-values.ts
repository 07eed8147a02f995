import { DateTime } from 'luxon';
import type { FhirResource } from '../../fhir/patch.ts';
import { localDate } from '../../triggers/times.ts';
import type { Case } from './gate-facts.ts';
import { ageOn, nameOf, salutationOf } from './patient.ts';
import type { Session } from './session.ts';
import { isRecord, recordsOf } from './views.ts';

/** The variables of a template. Absent facts are empty texts, so that a missing variable is always a fault of the template. */
export async function messageValues(
  session: Session,
  found: Case,
  more: { readonly repeat: boolean; readonly reason: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { plan, patient, occurrence } = found;
  const { policy } = session.deps.config;
  const now = session.context.now;
  const age = ageOn(patient, localDate(now, plan.zone));
  const ref = occurrence.event?.ref;
  const resource = ref === undefined ? undefined : await session.deps.reader.resource(session.draft, ref);
  return {
    hospital: policy.hospital,
    link: policy.link,
    department: plan.department ?? '',
    plan: plan.title,
    day: dayOf(occurrence.anchorDate, localDate(now, plan.zone)),
    patient: {
      name: nameOf(patient),
      salutation: found.isChild ? '家长' : salutationOf(patient),
      sex: patient?.['gender'] === 'male' ? '男' : patient?.['gender'] === 'female' ? '女' : '',
      age: age === undefined ? '' : `${age}岁`,
      location: '',
    },
    result: resultOf(resource, plan.zone),
    ...more,
  };
}

function dayOf(anchor: string | undefined, today: string): number | string {
  if (anchor === undefined) return '';
  return Math.round(DateTime.fromISO(today).diff(DateTime.fromISO(anchor), 'days').days);
}

/** A result as staff reads it; empty texts where it was withdrawn. */
function resultOf(resource: FhirResource | undefined, zone: string): Readonly<Record<string, string>> {
  if (resource === undefined) return { name: '检验结果', value: '', at: '' };
  const withdrawn = ['entered-in-error', 'cancelled'].includes(String(resource['status']));
  const at = resource['issued'] ?? resource['effectiveDateTime'];
  const time = typeof at === 'string' ? DateTime.fromISO(at, { zone }) : undefined;
  return {
    name: labelOf(resource['code']),
    value: withdrawn ? '' : valueOf(resource),
    at: time?.isValid === true ? time.toFormat('MM-dd HH:mm') : '',
  };
}

function labelOf(code: unknown): string {
  if (!isRecord(code)) return '检验结果';
  if (typeof code['text'] === 'string') return code['text'];
  const displays = recordsOf(code['coding']).flatMap((coding) =>
    typeof coding['display'] === 'string' ? [coding['display']] : [],
  );
  return displays[0] ?? '检验结果';
}

function valueOf(resource: FhirResource): string {
  const quantity = resource['valueQuantity'];
  if (isRecord(quantity)) {
    const comparator = typeof quantity['comparator'] === 'string' ? quantity['comparator'] : '';
    const unit = quantity['unit'] ?? quantity['code'] ?? '';
    return `${comparator}${String(quantity['value'])} ${typeof unit === 'string' ? unit : ''}`.trim();
  }
  const text = resource['valueString'];
  return typeof text === 'string' ? text : labelOf(resource['valueCodeableConcept']);
}
