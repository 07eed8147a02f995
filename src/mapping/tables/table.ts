/** One row of a table: what a code becomes. */
export interface TableRow {
  readonly code: string;
  readonly system?: string;
  readonly display?: string;
}

/**
 * A translation table. `default` says what a code becomes that it lacks: `unmapped` (nothing, and the code goes to the
 * unmapped list), `nothing` (nothing, and that is no loss), `keep` (itself), or another code.
 */
export interface Table {
  readonly name: string;
  readonly system?: string;
  readonly default: string;
  readonly rows: ReadonlyMap<string, TableRow>;
}

/** The row of a code; codes are compared as sent, then without regard to case. */
export function lookUp(table: Table, code: string): TableRow | undefined {
  return table.rows.get(code) ?? table.rows.get(code.toUpperCase());
}
