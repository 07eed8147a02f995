import type { ProblemTable } from './table.ts';

/** Problems of the area `server`. */
export const SERVER_PROBLEMS = {
  'server.not-found': {
    meaning: 'There is nothing at this address, or no resource with this id.',
    advice: 'Check type and id; the CapabilityStatement at /fhir/metadata lists what is served.',
  },
  'server.gone': {
    meaning: 'The resource was deleted.',
    advice: 'Its versions can still be read from its history.',
  },
  'server.method-not-allowed': {
    meaning: 'The address exists, but not for this HTTP method.',
    advice: 'Use one of the methods of the Allow header.',
  },
  'server.not-acceptable': {
    meaning: 'The client accepts no format that is served.',
    advice: 'Accept application/fhir+json.',
  },
  'server.media-type-unsupported': {
    meaning: 'The body is in a format that is not read.',
    advice: 'Send application/fhir+json; for _search application/x-www-form-urlencoded.',
  },
  'server.body-too-large': {
    meaning: 'The body or the number of entries is above the limit.',
    advice: 'Send it in parts; the message names the limit.',
  },
  'server.request-invalid': {
    meaning: 'A header, parameter or address of the request cannot be used.',
    advice: 'Correct what the message names.',
  },
  'server.bundle-invalid': {
    meaning: 'The Bundle is no batch or transaction that can be carried out.',
    advice: 'Correct the entry that the expression names.',
  },
  'server.reference-unresolved': {
    meaning:
      'A reference names an entry of the transaction that is not there, or is conditional outside of a transaction.',
    advice: 'Refer to an entry by its fullUrl, or to a resource by Type/id; conditional references need a transaction.',
  },
  'server.unauthorized': {
    meaning: 'There is no token, or it is not valid here.',
    advice: 'Get a new token from the configured issuer and send it as Authorization: Bearer.',
  },
  'server.forbidden': {
    meaning: 'The token is valid, but its scopes do not allow this.',
    advice: 'Ask for a scope like system/Observation.read; the message names what is missing.',
  },
  'server.open-endpoint': {
    meaning: 'Authentication is switched off, but the address can be reached from other machines.',
    advice: 'Bind to 127.0.0.1, or configure bearer tokens under http.auth.',
  },
  'server.port-taken': {
    meaning: 'The HTTP port cannot be opened.',
    advice: 'Stop the other program, or change http.port.',
  },
  'server.tls-unreadable': {
    meaning: 'A certificate or key file cannot be read.',
    advice: 'Check http.tls and the permissions of the files.',
  },
} as const satisfies ProblemTable;
