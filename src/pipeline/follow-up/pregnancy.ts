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
  const [condition] = resources
    .filter((resource) => resource.resourceType === 'Condition' && codes(resource).some(isPregnancy))
    .sort((a, b) => onset(b).localeCompare(onset(a)));
  if (condition === undefined || typeof condition['id'] !== 'string') return undefined;
  const deliveredAt = valueOf(resources, '93857-1');
  const outcome = valueOf(resources, '63893-2');
  return {
    id: condition['id'],
    ...datingOf(resources),
    state: deliveredAt === undefined && outcome === undefined ? 'active' : 'ended',
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** Ultrasound wins over the reported last period, that over a bare due date. */
function datingOf(resources: readonly FhirResource[]): Pick<Pregnancy, 'lmp' | 'edd' | 'datedBy'> {
  const day = (code: string): string | undefined => valueOf(resources, code)?.slice(0, 10);
  const ultrasound = day('11781-2');
  if (ultrasound !== undefined) return { lmp: shift(ultrasound, -DAYS), edd: ultrasound, datedBy: 'ultrasound' };
  const edd = day('11778-8');
  const lmp = day('8665-2');
  if (lmp !== undefined) return { lmp, edd: edd ?? shift(lmp, DAYS), datedBy: 'lmp' };
  return edd === undefined ? {} : { lmp: shift(edd, -DAYS), edd, datedBy: 'edd' };
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
