import { parseDate } from '../dates.ts';
import { decimalValue } from '../json.ts';

/** What a primitive must look like, in words, and the test of it. */
export interface PrimitiveRule {
  readonly form: string;
  readonly holds: (value: unknown) => boolean;
}

const matching =
  (pattern: RegExp): PrimitiveRule['holds'] =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

const integer =
  (low: number): PrimitiveRule['holds'] =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= 2_147_483_647;

const DATE = /^\d{4}(-\d\d(-\d\d)?)?$/;
const DATE_TIME = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const dated =
  (pattern: RegExp): PrimitiveRule['holds'] =>
  (value) =>
    typeof value === 'string' && pattern.test(value) && parseDate(value) !== undefined;

// Control characters other than tab and line ends may not stand in any string (R4 datatypes.html#string).
// eslint-disable-next-line no-control-regex
const NO_STRING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

// Patterns that repeat without limit cost stack for each repetition, which megabytes exhaust: what must not occur is
// looked for instead.
const without =
  (pattern: RegExp): PrimitiveRule['holds'] =>
  (value) =>
    typeof value === 'string' && value !== '' && !pattern.test(value);

const string: PrimitiveRule = { form: 'text that is not empty', holds: without(NO_STRING) };
const uri: PrimitiveRule = { form: 'a URI without white space', holds: without(/\s/) };

/** Groups of four digits of base64, with white space anywhere. */
function isBase64(value: unknown): boolean {
  if (typeof value !== 'string' || /[^\s0-9A-Za-z+/=]/.test(value)) return false;
  const digits = /\s/.test(value) ? value.replaceAll(/\s+/g, '') : value;
  return digits !== '' && digits.length % 4 === 0;
}

const isCode = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.trim() === value && !/\s\s/.test(value);

const isOid = (value: unknown): boolean =>
  typeof value === 'string' && /^urn:oid:[0-2]\.\d/.test(value) && !/[^\d.]|\.(?:\.|0\d|$)/.test(value.slice(8));

/** Forms of the primitive types (R4 datatypes.html#primitive). */
export const PRIMITIVES: Readonly<Record<string, PrimitiveRule>> = {
  base64Binary: { form: 'base64', holds: isBase64 },
  boolean: { form: 'true or false', holds: (value) => typeof value === 'boolean' },
  canonical: uri,
  code: { form: 'a code without white space at its ends or doubled', holds: isCode },
  date: { form: 'a real date YYYY, YYYY-MM or YYYY-MM-DD', holds: dated(DATE) },
  dateTime: { form: 'a real date, or YYYY-MM-DDThh:mm:ss with an offset', holds: dated(DATE_TIME) },
  decimal: { form: 'a number', holds: (value) => decimalValue(value) !== undefined },
  id: { form: '1 to 64 letters, digits, "-" or "."', holds: matching(/^[A-Za-z0-9\-.]{1,64}$/) },
  instant: { form: 'YYYY-MM-DDThh:mm:ss with an offset, and a real time', holds: dated(INSTANT) },
  integer: { form: 'an integer of 32 bits', holds: integer(-2_147_483_648) },
  markdown: string,
  oid: { form: 'urn:oid:…', holds: isOid },
  positiveInt: { form: 'an integer from 1', holds: integer(1) },
  string,
  time: { form: 'hh:mm:ss', holds: matching(/^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/) },
  unsignedInt: { form: 'an integer from 0', holds: integer(0) },
  uri,
  url: uri,
  uuid: {
    form: 'urn:uuid:…',
    holds: matching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  },
  xhtml: { form: 'a div element of XHTML', holds: matching(/^\s*<div[\s>]/) },
};
