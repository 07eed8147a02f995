import type { FhirResource } from '../../fhir/patch.ts';
import type { Draft } from '../../store/draft.ts';
import type { ResourceChange } from '../contract.ts';
import { readMembers } from '../people.ts';
import { noteOf } from '../row-values.ts';
import { deleteVersion, putVersion } from '../versions.ts';
import type { Member } from './claims.ts';
import type { ShowSettings, SourceRecord } from './contract.ts';
import { goldenPatient } from './golden-patient.ts';
import { readSource } from './source-row.ts';

/** What makes the versions: a message or a clerk's decision. */
interface By {
  readonly cause: string;
  readonly now: Date;
}

/**
 * Writes the `Patient/<id>` rows of every member of persons as they are shown from now on (DESIGN section 5): one
 * member: what its source knows; the lead of several: the golden Patient with `link` to each member; another member:
 * its own Patient with `link` to the lead. Unchanged content makes no version.
 */
export async function showPatients(
  draft: Draft,
  persons: readonly string[],
  by: By,
  settings: ShowSettings,
): Promise<readonly ResourceChange[]> {
  const changes: ResourceChange[] = [];
  for (const person of persons) {
    const members = await readMemberRows(draft, await readMembers(draft, person));
    for (const member of members) {
      const change = await showMember(draft, { member, members }, by, settings);
      if (change !== undefined) changes.push(change);
    }
  }
  return changes;
}

/** Replaces the shown Patients of deleted source records by tombstones. */
export async function hideDeleted(draft: Draft, recs: readonly string[], by: By): Promise<readonly ResourceChange[]> {
  const gone = await Promise.all(recs.map((id) => deleteVersion(draft, { type: 'Patient', id, ...by })));
  return gone.filter((change) => change !== undefined);
}

/** Members of a person with their notes, in the order of the person's row. */
export async function readMemberRows(draft: Draft, ids: readonly string[]): Promise<readonly Member[]> {
  const rows = await draft.getMany('sources', ids);
  return rows.flatMap((row) => (row === undefined ? [] : [{ record: readSource(row), note: noteOf(row) }]));
}

async function showMember(
  draft: Draft,
  about: { readonly member: Member; readonly members: readonly Member[] },
  by: By,
  settings: ShowSettings,
): Promise<ResourceChange | undefined> {
  const { member, members } = about;
  const [lead] = members;
  const { record, note } = member;
  if (lead === undefined || members.length === 1) {
    return putVersion(draft, settings, { resource: record.patient, note, ...by });
  }
  if (record.id !== lead.record.id) {
    const resource = linked(record.patient, [
      linkTo(lead.record, record.state === 'retired' ? 'replaced-by' : 'refer'),
    ]);
    return putVersion(draft, settings, { resource, note, listed: false, ...by });
  }
  const others = members.filter((other) => other !== lead).map(({ record: other }) => other);
  const golden = goldenPatient(settings, record.id, members);
  const links = others.map((other) => linkTo(other, other.state === 'retired' ? 'replaces' : 'seealso'));
  const searchAs = members.map(({ record: { patient } }) => patient);
  return putVersion(draft, settings, { resource: linked(golden, links), searchAs, ...by });
}

function linkTo(record: SourceRecord, type: string): unknown {
  return { other: { reference: `Patient/${record.id}` }, type };
}

/** A source may have said links of its own: ours come after them. */
function linked(patient: FhirResource, links: readonly unknown[]): FhirResource {
  const { link } = patient as { readonly link?: unknown };
  const own: readonly unknown[] = Array.isArray(link) ? link : [];
  return { ...patient, link: [...own, ...links] };
}
