import type { Log } from '../../core/log.ts';
import type { FhirWriter } from '../../pipeline/fhir-writer.ts';
import type { RecordReads } from '../../record/reads.ts';
import type { Store } from '../../store/port.ts';

/** What the FHIR endpoint needs. */
export interface FhirDeps {
  readonly store: Store;
  readonly reads: RecordReads;
  readonly writer: FhirWriter;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Secret that page cursors are signed with; the same on every node. */
  readonly cursorKey: string;
  /** Version of the product, for the CapabilityStatement. */
  readonly version: string;
  readonly log: Log;
  readonly now: () => Date;
}
