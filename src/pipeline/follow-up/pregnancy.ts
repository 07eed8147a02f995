import type { FhirResource } from '../../fhir/patch.ts';

/** The declared view `%doc.pregnancy`: one pregnancy over conditions and observations. */
export interface Pregnancy {
  readonly id: string;
  /** Final dating: by ultrasound where there is one, else as reported. `YYYY-MM-DD`. */
  readonly lmp?: string;
  readonly edd?: string;
  readonly datedBy?: 'ultrasound' | 'lmp' | 'edd';
  readonly state: 'active' | 'ended';
  readonly deliveredAt?: string;
  readonly outcome?: string;
}

const LOINC = 'http://loinc.org';
const DAYS = 280;

/** The newest pregnancy that the resources tell of; undefined where no condition says that there is one. */
export function pregnancyOf(resources: readonly FhirResource[]): Pregnancy | undefined {
  const conditions = resources.filter(
    (resource) => resource.resourceType === 'Condition' && codes(resource).some(isPregnancy),
  );
  const condition = conditions.reduce<FhirResource | undefined>(
    (best, next) => (best === undefined || onset(next) >= onset(best) ? next : best),
    undefined,
  );
  if (condition === undefined || typeof condition['id'] !== 'string') return undefined;
  const observed = (code: string): string | undefined => valueOf(resources, code);
  const ultrasound = observed('11781-2')?.slice(0, 10);
  const reported = observed('8665-2')?.slice(0, 10);
  const edd = ultrasound ?? observed('11778-8')?.slice(0, 10);
  const lmp =
    ultrasound !== undefined
      ? shift(ultrasound, -DAYS)
      : (reported ?? (edd === undefined ? undefined : shift(edd, -DAYS)));
  const due = edd ?? (lmp === undefined ? undefined : shift(lmp, DAYS));
  const deliveredAt = observed('93857-1');
  const outcome = observed('63893-2');
  const datedBy =
    ultrasound !== undefined ? 'ultrasound' : reported !== undefined ? 'lmp' : edd !== undefined ? 'edd' : undefined;
  return {
    id: condition['id'],
    ...(lmp === undefined ? {} : { lmp }),
    ...(due === undefined ? {} : { edd: due }),
    ...(datedBy === undefined ? {} : { datedBy }),
    state: deliveredAt === undefined && outcome === undefined ? 'active' : 'ended',
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

function isPregnancy(coding: { readonly system: string; readonly code: string }): boolean {
  return /^Z3[345]|^O0[0-8]|^O(?:1|2|3|4)/.test(coding.code) && !coding.system.includes('loinc');
}

function onset(resource: FhirResource): string {
  const value = resource['onsetDateTime'] ?? resource['recordedDate'];
  return typeof value === 'string' ? value : '';
}

/** The newest value of an observation with this LOINC code: a time as text, or the code of a concept. */
function valueOf(resources: readonly FhirResource[], code: string): string | undefined {
  const found = resources
    .filter((resource) => resource.resourceType === 'Observation')
    .filter((resource) => codes(resource).some((coding) => coding.system === LOINC && coding.code === code))
    .sort((a, b) => effective(a).localeCompare(effective(b)))
    .at(-1);
  const value =
    found?.['valueDateTime'] ?? found?.['valueString'] ?? codingsIn(found?.['valueCodeableConcept'])[0]?.code;
  return typeof value === 'string' ? value : undefined;
}

function effective(resource: FhirResource): string {
  const value = resource['effectiveDateTime'];
  return typeof value === 'string' ? value : '';
}

function codes(resource: FhirResource): readonly { readonly system: string; readonly code: string }[] {
  return codingsIn(resource['code']);
}

function codingsIn(concept: unknown): readonly { readonly system: string; readonly code: string }[] {
  const list = typeof concept === 'object' && concept !== null && 'coding' in concept ? concept.coding : [];
  if (!Array.isArray(list)) return [];
  return list.map((coding: { readonly system?: string; readonly code?: string }) => ({
    system: coding.system ?? '',
    code: coding.code ?? '',
  }));
}

function shift(date: string, days: number): string {
  const time = new Date(`${date}T00:00:00Z`).getTime() + days * 86_400_000;
  return new Date(time).toISOString().slice(0, 10);
}
