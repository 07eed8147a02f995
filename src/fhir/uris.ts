/** Of four arcs at least: what is shorter names a country or a standards body, never a list, and validators refuse it. */
const OID = /^[0-2](\.(0|[1-9]\d*)){3,}$/u;
const OID_URN = 'urn:oid:';
const URI = /^[a-z][a-z0-9+.-]*:\S+$/iu;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** The URI that a text is by itself: a URI as it is, an OID or UUID as URN; undefined for any other text. */
export function uriOf(text: string, type = ''): string | undefined {
  if (text.startsWith(OID_URN)) return OID.test(text.slice(OID_URN.length)) ? text : undefined;
  if (URI.test(text)) return text;
  // An OID with leading zeros is none (ISO 9834-1), and R4 refuses it.
  if (OID.test(text)) return `${OID_URN}${text}`;
  if (UUID.test(text) && (type === '' || type === 'UUID' || type === 'GUID')) return `urn:uuid:${text.toLowerCase()}`;
  return undefined;
}

/** A text in the place of a URI: what a URI may not hold is written as `%20`. */
export const encoded = (text: string): string => text.trim().replaceAll(/\s/gu, (space) => encodeURIComponent(space));
