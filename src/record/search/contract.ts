import type { Store } from '../../store/port.ts';
import type { PersonView } from '../contract.ts';

/** What a search needs beside the question. */
export interface SearchDeps {
  readonly store: Store;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** The person of a source record; undefined where the id is unknown. */
  readonly personOf: (rec: string) => Promise<PersonView | undefined>;
  /** Secret that page cursors are signed with. */
  readonly cursorKey: string;
}

/** A question. */
export interface SearchRequest {
  readonly type: string;
  readonly parameters: Iterable<readonly [string, string]>;
  /** Base URL of the endpoint, without a trailing slash. */
  readonly base: string;
  readonly now: Date;
}
