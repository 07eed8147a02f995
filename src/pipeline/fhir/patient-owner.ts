import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isObject, listOf } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { readSource } from '../../record/identify/source-row.ts';
import { personOf } from '../../record/people.ts';
import type { Draft } from '../../store/draft.ts';

/**
 * Whether a client may write a Patient (DESIGN section 5): a new one, or one whose source record it owns; else 409.
 * The source record is covered by the commit, as identification reads and writes it.
 */
export async function checkOwner(draft: Draft, client: string, id: string): Promise<Problem | undefined> {
  const row = await draft.get('sources', id);
  if (row === undefined) return undefined;
  const { source } = readSource(row);
  if (source === client) return undefined;
  const path = `Patient/${id}`;
  return problem('identity.not-owner', `${path} is the record of another source than this client.`, { path });
}

/**
 * The source record that a search of Patients meant: searches find leads, conditions mean what the client itself has
 * written. Fails where several records of the client are one person.
 */
export async function ownRecord(draft: Draft, client: string, lead: string): Promise<Result<string, Problem>> {
  const members = (await personOf(draft, lead))?.members ?? [lead];
  if (members.length === 1) return ok(members[0] ?? lead);
  const rows = await draft.getMany('sources', members);
  const own = rows.flatMap((row) => (row !== undefined && readSource(row).source === client ? [row.id] : []));
  if (own.length < 2) return ok(own[0] ?? lead);
  const text = 'Patient?… matches several records of this client that are one person; name the id.';
  return err(problem('pipeline.precondition-failed', text));
}

/** The Patient without the links to other members that reads add (DESIGN section 5). */
export async function withoutOurLinks(draft: Draft, patient: FhirResource, id: string): Promise<FhirResource> {
  const links = listOf(patient['link']);
  if (links.length === 0) return patient;
  const members = new Set((await personOf(draft, id))?.members.map((member) => `Patient/${member}`));
  const left = links.filter((link) => !members.has(targetOf(link)));
  if (left.length === links.length) return patient;
  const rest = Object.fromEntries(Object.entries(patient).filter(([name]) => name !== 'link'));
  return { ...rest, resourceType: patient.resourceType, ...(left.length === 0 ? {} : { link: left }) };
}

function targetOf(link: unknown): string {
  const other = isObject(link) ? link['other'] : undefined;
  const reference = isObject(other) ? other['reference'] : undefined;
  return typeof reference === 'string' ? reference : '';
}
