/** Who asks, and what they may do. */
export interface Principal {
  /** Name of the client: the source of what it writes. */
  readonly client: string;
  /** Whether resources of a type may be read or written. */
  readonly may: (action: 'read' | 'write', type: string) => boolean;
  /** Whether operations of `/admin` may be used. */
  readonly isOperator: boolean;
}

/** Everybody, where the configuration says that there is no login. */
export const ANYBODY: Principal = { client: 'fhir', may: () => true, isOperator: true };

const SCOPE = /^(?:system|user)\/(\*|[A-Z][A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)(?:\?.*)?$/;

/** Reading is reading and searching; writing is creating, updating and deleting. */
const READS = /^(?:\*|read|c?ru?d?s)$/;
const WRITES = /^(?:\*|write|cr?uds?)$/;

/**
 * Rights by SMART scopes, version 1 (`system/Observation.read`) and 2 (`user/*.cruds`). Scopes of one patient
 * (`patient/`) and those limited by a query give no right: nothing here could keep to them.
 */
export function rightsOf(scopes: readonly string[]): Pick<Principal, 'may' | 'isOperator'> {
  const reading = new Set<string>();
  const writing = new Set<string>();
  for (const scope of scopes) {
    const [, type = '', rights = ''] = scope.includes('?') ? [] : (SCOPE.exec(scope) ?? []);
    if (READS.test(rights)) reading.add(type);
    if (WRITES.test(rights)) writing.add(type);
  }
  const may: Principal['may'] = (action, type) => {
    const allowed = action === 'read' ? reading : writing;
    return allowed.has('*') || allowed.has(type);
  };
  return { may, isOperator: reading.has('*') && writing.has('*') };
}
