import type { Principal } from '../auth/principal.ts';

/** A request to the FHIR endpoint, without its socket. */
export interface FhirRequest {
  readonly method: string;
  /** Path below the base, decoded, without empty parts. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty where there is none. */
  readonly body: Uint8Array;
  readonly principal: Principal;
  /** Aborted when the client closed its connection before it was answered. */
  readonly gone: AbortSignal;
  /** Base URL of the endpoint as the client sees it, without a trailing slash. */
  readonly base: string;
}
