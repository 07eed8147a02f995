/** A request to a page that is mounted beside the endpoint (the demo phone). */
export interface PageRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly body: string;
  /** The body as it came: signatures are over bytes. */
  readonly bytes: Uint8Array;
  /** By lower-case name; of several values the joined text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a page answers. */
export interface PageAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Serves pages; undefined where the path is not one of them. */
export type Pages = (request: PageRequest) => Promise<PageAnswer | undefined>;

/**
 * Runs an operation of `/admin/<name>`: writes its answer as lines of JSON while it runs.
 * @param params the JSON body of the request
 */
export type AdminOperations = (
  name: string,
  params: Readonly<Record<string, unknown>>,
  write: (text: string) => Promise<void>,
) => Promise<void>;
