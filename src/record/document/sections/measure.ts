import { canonical } from '../../../fhir/analytes.ts';
import { decimalText, decimalValue, isObject, listOf } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import {
  codingOf,
  compactObject,
  instant,
  labelOf,
  pick,
  systemName,
  text,
  type Fact,
  type Provenance,
} from '../fact.ts';

/** One measurement: an Observation's value, or one of its components. */
export interface Measure {
  readonly code?: string;
  readonly sys?: string;
  readonly name?: string;
  readonly kind: 'lab' | 'vital' | 'home' | 'score';
  /** Canonical value and unit; absent where there is no number or only a bound. */
  readonly v?: number;
  readonly u?: string;
  /** As sent. */
  readonly raw: string;
  readonly flag?: string;
  readonly status: string;
  readonly at: Date;
  readonly p: readonly Provenance[];
}

const VOID: ReadonlySet<unknown> = new Set(['cancelled', 'entered-in-error', 'registered']);
const KINDS: Readonly<Record<string, Measure['kind']>> = { 'vital-signs': 'vital', survey: 'score', activity: 'home' };

/** Everything that an Observation measures; none where it is void or has no value. */
export function measuresOf(fact: Fact): readonly Measure[] {
  const { resource } = fact;
  if (resource.resourceType !== 'Observation' || VOID.has(resource['status'])) return [];
  const parts = listOf(resource['component']).filter(isObject);
  const components = parts.map((part): FhirResource => ({ ...part, resourceType: 'Observation' }));
  return [resource, ...components].flatMap((one) => measureOf(fact, one) ?? []);
}

/** Measures of one analyte are one entry. */
export function analyteOf({ sys, code, name }: Pick<Measure, 'sys' | 'code' | 'name'>): string {
  return `${sys ?? ''}|${code ?? ''}|${code === undefined ? (name ?? '') : ''}`;
}

function measureOf(fact: Fact, one: FhirResource): Measure | undefined {
  const raw = rawOf(one);
  if (raw === undefined) return undefined;
  const { resource, p } = fact;
  return compactObject({
    ...analyteAndNumber(one),
    kind: KINDS[codingOf(pick(resource, 'category')).code ?? ''] ?? ('lab' as const),
    raw,
    flag: codingOf(pick(one, 'interpretation')).code,
    status: text(resource['status']) ?? 'unknown',
    at: timeOf(resource) ?? new Date(fact.at),
    p: [p],
  });
}

/** Canonical where the analyte is known, else as sent; LOINC is not named. */
function analyteAndNumber(one: FhirResource) {
  const known = canonical(one);
  if (known !== undefined) {
    const v = known.comparator === undefined ? known.value : undefined;
    return { code: known.code, sys: undefined, name: known.name, v, u: known.unit };
  }
  const { system, code } = codingOf(one['code']);
  const sys = systemName(system);
  return {
    code,
    sys: sys === 'loinc' ? undefined : sys,
    name: labelOf(one['code']),
    v: plainNumber(one),
    u: unitOf(one),
  };
}

function rawOf(one: FhirResource): string | undefined {
  const quantity = one['valueQuantity'];
  if (isObject(quantity)) {
    const digits = decimalText(quantity['value']);
    if (digits === undefined) return undefined;
    return [`${text(quantity['comparator']) ?? ''}${digits}`, text(quantity['unit']) ?? text(quantity['code'])]
      .filter(text)
      .join(' ');
  }
  const other = text(one['valueString']) ?? labelOf(one['valueCodeableConcept']) ?? text(one['valueDateTime']);
  if (other !== undefined) return other;
  return typeof one['valueInteger'] === 'number' ? String(one['valueInteger']) : undefined;
}

/** A number that is no bound: `>20.0` is not 20. */
function plainNumber(one: FhirResource): number | undefined {
  const quantity = one['valueQuantity'];
  if (!isObject(quantity)) return decimalValue(one['valueInteger']);
  return quantity['comparator'] === undefined ? decimalValue(quantity['value']) : undefined;
}

function unitOf(one: FhirResource): string | undefined {
  const quantity = one['valueQuantity'];
  return isObject(quantity) ? (text(quantity['code']) ?? text(quantity['unit'])) : undefined;
}

function timeOf(resource: FhirResource): Date | undefined {
  const { effectiveDateTime, effectivePeriod, effectiveInstant, issued } = resource as Readonly<
    Record<string, unknown>
  >;
  const times = [effectiveDateTime, effectiveInstant, pick(effectivePeriod, 'start'), issued];
  return times.map(instant).find((at) => at !== undefined);
}
