/**
 * A value that must not stand in a raw dump: plain (`v`) as the record writes it; a store with a sealing key turns it
 * into `{ "$s", "h" }` and back.
 */
export interface Sealable {
  readonly v: string;
}
