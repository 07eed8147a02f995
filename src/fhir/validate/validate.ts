import { didYouMean } from '../../core/nearest.ts';
import { isResourceType, typeNames } from '../elements.ts';
import { isObject, listOf } from '../json.ts';
import type { FhirResource } from '../patch.ts';
import { compileElements, type CheckObject } from './compile.ts';
import { below, report, type Findings, type Place, type ValidationIssue } from './issues.ts';

const CHECKS = new Map<string, CheckObject>();

/**
 * Checks a resource against the structure of R4: names, shapes, cardinality, primitive forms, choices, required
 * bindings, reference targets, contained resources and the invariants of `rules.ts`. Empty: nothing found.
 * What it does not check: profiles, terminology beyond required bindings, and R4's other invariants.
 */
export function validate(resource: FhirResource): readonly ValidationIssue[] {
  const findings: Findings = { issues: [], inner: [] };
  checkResource(resource, { parent: undefined, name: resource.resourceType, index: -1 }, findings);
  return findings.issues;
}

function checkResource(value: unknown, at: Place, findings: Findings): void {
  if (!isObject(value)) {
    report(findings, 'fhir.shape-invalid', 'A resource is expected to be an object.', at);
    return;
  }
  const { resourceType: type } = value;
  if (typeof type !== 'string' || !isResourceType(type)) {
    const name = typeof type === 'string' ? type : '';
    report(findings, 'fhir.unknown-type', `R4 has no such resource type${didYouMean(name, typeNames)}.`, at);
    return;
  }
  let check = CHECKS.get(type);
  if (check === undefined) CHECKS.set(type, (check = compileElements({ type, path: '' }, checkContained)));
  const seen = findings.inner.length;
  check(value, at, findings);
  if (value['contained'] !== undefined || findings.inner.length > seen) checkInner(value, at, findings, seen);
}

/** Contained resources and those of Bundle entries: their own references into themselves are looked at with the container's. */
function checkContained(value: unknown, at: Place, findings: Findings): void {
  if (at.name === 'contained' && isObject(value) && value['contained'] !== undefined) {
    report(findings, 'fhir.rule-broken', 'dom-2: A contained resource contains none itself.', at);
  }
  const nested: Findings = at.name === 'contained' ? { issues: findings.issues, inner: [] } : findings;
  checkResource(value, at, nested);
}

/** dom-3, and that references into the resource find something. */
function checkInner(value: Readonly<Record<string, unknown>>, at: Place, findings: Findings, from: number): void {
  const contained = listOf(value['contained']);
  const ids = contained.map((entry) => (isObject(entry) ? entry['id'] : undefined));
  const inner = findings.inner.splice(from);
  for (const { id, at: place } of inner) {
    if (id !== '' && !ids.includes(id)) {
      report(findings, 'fhir.reference-invalid', 'The reference points at no contained resource.', place);
    }
  }
  const text = contained.length > 0 ? JSON.stringify(value) : '';
  contained.forEach((entry, index) => {
    const id = ids[index];
    const used = typeof id === 'string' && text.includes(`"#${id}"`);
    const pointsBack = JSON.stringify(entry).includes('"#"');
    if (!used && !pointsBack) {
      const place = below(at, 'contained', index);
      report(findings, 'fhir.rule-broken', 'dom-3: A contained resource is referred to from the resource.', place);
    }
  });
}
