/** One entry of the catalogue. */
interface ProblemEntry {
  /** What the code means, one sentence. */
  readonly meaning: string;
  /** What the reader should do about it, one sentence. */
  readonly advice: string;
}

/** A part of the catalogue: codes of one area. */
export type ProblemTable = Readonly<Record<`${string}.${string}`, ProblemEntry>>;
