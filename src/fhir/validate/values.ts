import type { ElementModel } from '../elements.ts';
import { isResourceType } from '../elements.ts';
import { isObject, listOf } from '../json.ts';
import { below, report, type CheckValue } from './issues.ts';
import { valueSetOf, type ValueSetCodes } from './value-sets.ts';

/** The check of a required binding; undefined where there is none, or its codes cannot be listed. */
export function checkBinding(element: ElementModel): CheckValue | undefined {
  const { binding, types } = element;
  if (binding === undefined) return undefined;
  const set = valueSetOf(binding);
  if (set === undefined) return undefined;
  const [type = ''] = types;
  const holds = BOUND[type] ?? ((value: unknown) => typeof value !== 'string' || set.codes.has(value));
  const name = binding.slice(binding.lastIndexOf('/') + 1);
  return (value, at, findings) => {
    if (holds(value, set)) return;
    report(findings, 'fhir.code-invalid', `The code is not in the value set ${name}, which R4 requires here.`, at);
  };
}

type Holds = (value: unknown, set: ValueSetCodes) => boolean;

const codingHolds: Holds = (value, { coded }) =>
  isObject(value) && coded.has(`${String(value['system'])}|${String(value['code'])}`);

const BOUND: Readonly<Record<string, Holds>> = {
  Coding: codingHolds,
  // Text alone is allowed; where codings stand, one of them is of the set.
  CodeableConcept: (value, set) => {
    const codings = isObject(value) ? listOf(value['coding']) : [];
    return codings.length === 0 || codings.some((coding) => codingHolds(coding, set));
  },
  Quantity: () => true,
};

const LOCAL = /^([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** The check of a Reference: its form, the type it points at, and that it is kept for `#id`. */
export function checkReference(element: ElementModel): CheckValue {
  const allowed = new Set(element.targets);
  return (value, at, findings) => {
    const target = isObject(value) ? value['reference'] : undefined;
    if (typeof target !== 'string') return;
    if (target.startsWith('#')) {
      findings.inner.push({ id: target.slice(1), at: below(at, 'reference') });
      return;
    }
    const type = LOCAL.exec(target)?.[1];
    if (type === undefined) return;
    if (!isResourceType(type)) {
      report(findings, 'fhir.reference-invalid', 'The reference names no resource type of R4.', below(at, 'reference'));
    } else if (allowed.size > 0 && !allowed.has(type)) {
      const message = `The reference may point at ${element.targets.join(', ')}, not at ${type}.`;
      report(findings, 'fhir.reference-invalid', message, below(at, 'reference'));
    }
  };
}
