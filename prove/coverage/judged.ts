/** What became of one row of the guide. */
export interface Judged {
  /** `PID-5`, `CX.4`, `M`. */
  readonly from: string;
  /** What the guide wants. */
  readonly to: string;
  readonly state: 'mapped' | 'elsewhere' | 'missing' | 'different' | 'no-place';
  /** Where the value goes instead, or the reason; of a mapped row how it was read, where the guide misspells it. */
  readonly note: string;
}

/** All rows of one sheet. */
export interface JudgedSheet {
  readonly name: string;
  readonly rows: readonly Judged[];
}

/** A row whose element or extension the guide only proposes. */
export const PROPOSED = { state: 'no-place', note: 'proposed by the guide, not defined' } as const;
