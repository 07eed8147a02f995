import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Draft } from '../../store/draft.ts';
import type { PutOwn, RecordReader } from '../../record/contract.ts';
import type { FollowUpConfig } from '../../triggers/follow-up-config.ts';

/** What follow-up is given. */
export interface FollowUpDeps {
  readonly config: FollowUpConfig;
  readonly reader: RecordReader;
  readonly putOwn: PutOwn;
  /** Makes the `followUp` section of the persons of these source records again, in the draft that changes it. */
  readonly refreshDocuments: (draft: Draft, recs: readonly string[]) => Promise<void>;
  /** Name space of every id. */
  readonly installation: string;
  readonly log: Log;
  readonly metrics: Metrics;
}
