import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { FhirResource } from '../fhir/patch.ts';

/** One write of a FHIR client, already checked for form. */
export interface FhirWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly type: string;
  /** Absent for POST. */
  readonly id?: string;
  /** As `parseFhir` gives it (decimals keep their digits); absent for DELETE. */
  readonly resource?: FhirResource;
  /** Entry of the Bundle or line of the NDJSON that it stands in; absent where the body is the resource itself. */
  readonly at?: number;
  /** Version of If-Match. */
  readonly ifMatch?: number;
  /** Search string of If-None-Exist or of a conditional update or delete, without `?`. */
  readonly condition?: string;
  /** `urn:uuid:` of the transaction entry, for references between entries. */
  readonly fullUrl?: string;
}

/** What became of one write. */
export interface FhirWritten {
  readonly status: 200 | 201 | 204;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly lastUpdated: Date;
  readonly resource?: FhirResource;
}

/**
 * Writes of the FHIR endpoint: one call is one message of the built-in `fhir` channel and one commit (all or nothing).
 * Where `gone` is aborted, nothing more is committed: a client that gave up sends again, and what it sent first must not
 * take effect after what it has written since (`pipeline.client-gone`).
 */
export interface FhirWriter {
  write(
    client: string,
    writes: readonly FhirWrite[],
    raw: Uint8Array,
    gone?: AbortSignal,
  ): Promise<Result<readonly FhirWritten[], Problem>>;
}
