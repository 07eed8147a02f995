import { expect, test } from '@jest/globals';

import { formatProblem } from '../../src/core/problem.ts';
import { isObject, parseFhir } from '../../src/fhir/json.ts';
import type { FhirResource } from '../../src/fhir/patch.ts';
import { tableSystem } from '../../src/fhir/v2-tables.ts';
import { validate } from '../../src/fhir/validate/validate.ts';
import type { DemoDay } from './demo-day-support.ts';

/** Everything that the demo day has made and shows is valid R4: every version, every engine-made resource, every Bundle. */
export function valid(day: () => DemoDay): void {
  test('every stored version is valid', async () => {
    const stored = (await day().stored()).map(read);
    const types = new Set(stored.map(({ resourceType }) => resourceType));
    expect([...types]).toEqual(
      expect.arrayContaining(['CarePlan', 'Communication', 'Consent', 'Flag', 'Patient', 'RelatedPerson', 'Task']),
    );
    expect(stored.flatMap(faultsOf)).toEqual([]);
  });

  test('no code stands in the system of an HL7 v2 table that lacks it', async () => {
    const strangers = (await day().stored()).flatMap((text) =>
      codingsOf(parseFhir(text)).filter(({ system, code }) => tableSystem(system, code) !== system),
    );
    expect(strangers).toEqual([]);
  });

  test.each([
    ['Patient?_count=3&_revinclude=Observation:subject&_total=accurate'],
    ['Observation?_summary=true&_count=5'],
    ['Encounter?_elements=status&_count=5'],
    ['Task/_history'],
    ['metadata'],
    ['Patient/nobody'],
    ['Patient?unknown=1'],
  ])('the answer to %s is valid', async (where) => {
    const answer = read(await day().answer(where));
    expect(faultsOf(answer)).toEqual([]);
  });

  test('the answers about one patient are valid', async () => {
    const patient = `Patient/${await day().idOf('P1')}`;
    const answers = await Promise.all(
      ['_history', '$everything', '$sources'].map((part) => day().answer(`${patient}/${part}`)),
    );
    expect(answers.map(read).flatMap(faultsOf)).toEqual([]);
  });
}

function read(text: string): FhirResource {
  const resource = parseFhir(text);
  if (!isObject(resource)) throw new TypeError('no resource');
  return { ...resource, resourceType: String(resource['resourceType']) };
}

const faultsOf = (resource: FhirResource): readonly string[] =>
  validate(resource).map(({ problem }) => `${String(resource['id'])}: ${formatProblem(problem)}`);

function codingsOf(value: unknown): readonly { readonly system: string; readonly code: string }[] {
  if (Array.isArray(value)) return value.flatMap(codingsOf);
  if (!isObject(value)) return [];
  const { system, code } = value;
  const own = typeof system === 'string' && typeof code === 'string' ? [{ system, code }] : [];
  return [...own, ...Object.values(value).flatMap(codingsOf)];
}
