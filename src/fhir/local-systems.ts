import { uriOf } from './uris.ts';

const NAMESPACES = 'urn:jingluo:namespace/';
const CODES = 'urn:jingluo:codes/';
const FIELDS = 'urn:jingluo:hl7v2:';

/** A name below a base; one that a client escaped wrongly is taken as it stands. */
function nameBelow(base: string, system: string): string | undefined {
  if (!system.startsWith(base) || system.length === base.length) return undefined;
  const name = system.slice(base.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** System of the identifiers of a namespace: a URI as it is, an OID or UUID as URN, a name below `urn:jingluo:namespace/`. */
export const namespaceSystem = (namespace: string): string => uriOf(namespace) ?? namedNamespace(namespace);

/** A namespace by its name alone, whatever its form: `urn:jingluo:namespace/HIS`. */
export const namedNamespace = (name: string): string => NAMESPACES + encodeURIComponent(name);

/** The name of such a namespace; undefined for any other system. */
export const namespaceName = (system: string): string | undefined => nameBelow(NAMESPACES, system);

/** System of codes that no table knows a URI for: `urn:jingluo:codes/L1`. */
export const namedCodes = (name: string): string => CODES + encodeURIComponent(name);

/** The name of such a system of codes; undefined for any other. */
export const codesName = (system: string): string | undefined => nameBelow(CODES, system);

/** URL of the extension that keeps what no element took of an HL7 field: `urn:jingluo:hl7v2:PV1-6`. */
export const fieldExtension = (field: string): string => FIELDS + field;

/** True for such an extension. */
export const isFieldExtension = (url: unknown): boolean => typeof url === 'string' && url.startsWith(FIELDS);
