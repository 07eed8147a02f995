import type { Draft } from '../store/draft.ts';

/** Whether two source records are one person as the draft leaves them; the decision rests on both rows. */
export async function samePerson(draft: Draft, a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  const [left, right] = await draft.getMany('sources', [a, b]);
  draft.expect('sources', a);
  draft.expect('sources', b);
  const person = left?.fields['person'];
  return person !== undefined && person === right?.fields['person'];
}
