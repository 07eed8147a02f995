import type { Draft } from '../store/draft.ts';

/** Whether two source records are one person as the draft leaves them; the decision rests on both rows. */
export async function samePerson(draft: Draft, a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  const [left, right] = await draft.getMany('sources', [a, b]);
  if (left === undefined || right === undefined) return false;
  draft.expect('sources', a);
  draft.expect('sources', b);
  return left.fields['person'] === right.fields['person'];
}
