import type { Row } from '../../store/port.ts';
import type { PersonView } from '../contract.ts';
import { showResource, shownMembers } from '../show.ts';

/** The texts of rows as FHIR shows them: references to a member of a person are references to its lead (DESIGN section 5). */
export async function showRows(
  rows: readonly Row[],
  personOf: (rec: string) => Promise<PersonView | undefined>,
): Promise<readonly string[]> {
  const members = [...new Set(rows.flatMap(shownMembers))];
  const leads = new Map<string, string>();
  await Promise.all(
    members.map(async (member) => {
      const person = await personOf(member);
      if (person !== undefined && person.id !== member) leads.set(member, person.id);
    }),
  );
  return rows.map((row) => showResource(row, (member) => leads.get(member)));
}
