import type { Row } from '../../store/port.ts';
import { showResource, shownMembers } from '../show.ts';

/**
 * The texts of rows as FHIR shows them: references to a member of a person are references to its lead (DESIGN section 5).
 * @param leadsOf the leads of source records, in one read
 */
export async function showRows(
  rows: readonly Row[],
  leadsOf: (recs: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<readonly string[]> {
  const members = [...new Set(rows.flatMap(shownMembers))];
  const leads = members.length === 0 ? undefined : await leadsOf(members);
  return rows.map((row) => showResource(row, (member) => leads?.get(member)));
}
