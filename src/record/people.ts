import { jsonOf } from '../store/body.ts';
import type { Draft } from '../store/draft.ts';
import type { PersonView } from './contract.ts';

/** Members of a person, the oldest live one first; empty where there is no such person. */
export async function readMembers(draft: Draft, person: string): Promise<readonly string[]> {
  const row = await draft.get('persons', person);
  return row === undefined ? [] : jsonOf<{ readonly members: readonly string[] }>(row).members;
}

/** Persons of source records, as the draft leaves them; unknown ids are missing in the answer. */
export async function personsOf(draft: Draft, recs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(recs)];
  const rows = await draft.getMany('sources', unique);
  const known = unique.flatMap((rec, index) => {
    const person = rows[index]?.fields['person'];
    return typeof person === 'string' ? [[rec, person] as const] : [];
  });
  return new Map(known);
}

/** The person of a source record; undefined where the id is unknown or the record is deleted. */
export async function personOf(draft: Draft, rec: string): Promise<PersonView | undefined> {
  const id = (await personsOf(draft, [rec])).get(rec);
  const members = id === undefined ? [] : await readMembers(draft, id);
  return id === undefined || members.length === 0 ? undefined : { id, members };
}
