import type { FhirResource } from '../../fhir/patch.ts';
import type { StaffContext, StaffMember } from '../../triggers/directory.ts';
import { staffFor } from '../../triggers/directory.ts';
import type { Case } from './gate-facts.ts';
import { numberIn } from './patient.ts';
import type { Session } from './session.ts';
import { isRecord, recordsOf, referenceOf } from './views.ts';

/** The people behind an addressee of a case: attending doctors of its encounter, roles of its department or hospital. */
export async function recipientsOf(session: Session, found: Case, to: string): Promise<readonly StaffMember[]> {
  return staffFor(session.deps.config.directory, to, await staffContext(session, found));
}

async function staffContext(session: Session, found: Case): Promise<StaffContext> {
  const encounter = await encounterOf(session, found);
  if (encounter === undefined) return { attending: [], ...departmentOf(found.plan.department) };
  const attending: string[] = [];
  for (const participant of byRole(recordsOf(encounter['participant']))) {
    const individual = participant['individual'];
    const ref = referenceOf(individual);
    const practitioner = ref === undefined ? undefined : await session.deps.reader.resource(session.draft, ref);
    const direct =
      isRecord(individual) && isRecord(individual['identifier']) ? individual['identifier']['value'] : undefined;
    const number = typeof direct === 'string' ? direct : numberIn(practitioner?.['identifier']);
    if (number !== undefined) attending.push(number);
  }
  const departments = Object.keys(session.deps.config.directory.departments);
  const names = await departmentNames(session, encounter);
  const department = names.find((name) => departments.includes(name)) ?? found.plan.department;
  return { attending, ...departmentOf(department) };
}

function departmentOf(department: string | undefined): { readonly department?: string } {
  return department === undefined ? {} : { department };
}

/** Attending first (ATND), then the others as they stand; consulting and referring doctors do not answer for the patient. */
function byRole(
  participants: readonly Readonly<Record<string, unknown>>[],
): readonly Readonly<Record<string, unknown>>[] {
  const role = (participant: Readonly<Record<string, unknown>>): string => JSON.stringify(participant['type'] ?? '');
  const attending = participants.filter((participant) => role(participant).includes('"ATND"'));
  if (attending.length > 0) return attending;
  return participants.filter((participant) => !/"(?:CON|REF|ADM)"/.test(role(participant)));
}

/** The encounter of the event or of the enrolment, else the person's open one, else the latest. */
async function encounterOf(session: Session, found: Case): Promise<FhirResource | undefined> {
  const { occurrence, enrolment, person } = found;
  const named = occurrence.event?.encounter ?? (enrolment.ref.startsWith('Encounter/') ? enrolment.ref : undefined);
  const direct = named === undefined ? undefined : await session.deps.reader.resource(session.draft, named);
  if (direct !== undefined && recordsOf(direct['participant']).length > 0) return direct;
  const all = await session.deps.reader.resources(session.draft, person.members, ['Encounter']);
  const known = all.filter((encounter) => recordsOf(encounter['participant']).length > 0);
  const open = known.filter((encounter) => encounter['status'] === 'in-progress');
  return [...(open.length > 0 ? open : known)].sort((a, b) => startOf(b).localeCompare(startOf(a)))[0] ?? direct;
}

function startOf(encounter: FhirResource): string {
  const period = encounter['period'];
  return isRecord(period) && typeof period['start'] === 'string' ? period['start'] : '';
}

async function departmentNames(session: Session, encounter: FhirResource): Promise<readonly string[]> {
  const names = [...textsIn(encounter['serviceType']), ...textsIn(encounter['serviceProvider'])];
  const places = recordsOf(encounter['location']).map((entry) => entry['location']);
  for (const place of [encounter['serviceProvider'], ...places]) {
    names.push(...textsIn(place));
    const ref = referenceOf(place);
    const resource = ref === undefined ? undefined : await session.deps.reader.resource(session.draft, ref);
    if (resource !== undefined) names.push(...textsIn(resource['identifier']), ...textsIn(resource['name']));
  }
  return names;
}

/** Every text in a value: codes, displays, names. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsIn(item));
  return isRecord(value) ? Object.values(value).flatMap((item) => textsIn(item)) : [];
}
