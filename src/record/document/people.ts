import type { Draft } from '../../store/draft.ts';

/** The part of a document that is made of the person's source records: demographics, members, keys. */
interface People {
  readonly parts: Readonly<Record<string, unknown>>;
  /** Newest event time of the source records. */
  readonly asOf: number;
}

/** Makes that part; undefined where the person has no member. */
export type DescribePeople = (draft: Draft, person: string, members: readonly string[]) => Promise<People | undefined>;
