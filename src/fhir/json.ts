/** Begins the text that stands for a decimal between `JSON.stringify` and the final text; no FHIR string may hold U+0001. */
const MARK = '\u0001d:';
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MARKED = /"\\u0001d:(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"/g;
/** Strings and numbers of a JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** What may be a number that does not survive `Number`: a decimal, an exponent, minus zero, many digits. Strings may look so too. */
const SUSPECT = /[:,[]\s*(-0|-?\d+[.eE][\d.eE+-]*|-?\d{16,})(?=\s*[,}\]])/g;

/** A decimal whose digits say more than its value: `9.10` is more precise than `9.1` (R4 datatypes.html#decimal). */
export class FhirDecimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  /** For `stringifyFhir`, which puts the digits in its place; plain `JSON.stringify` would show the mark. */
  toJSON(): string {
    return MARK + this.text;
  }
}

/** A decimal from its digits: a plain number where nothing is lost, else a `FhirDecimal`; undefined where it is no JSON number. */
export function fhirDecimal(text: string): number | FhirDecimal | undefined {
  if (!NUMBER.test(text)) return undefined;
  return String(Number(text)) === text ? Number(text) : new FhirDecimal(text);
}

/** The numeric value of a decimal as `parseFhir` gives it; undefined for everything else. */
export function decimalValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof FhirDecimal ? value.valueOf() : undefined;
}

/** The digits of a decimal as `parseFhir` gives it; undefined for everything else. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return value instanceof FhirDecimal ? value.text : undefined;
}

/**
 * Parses JSON; numbers that would lose digits become `FhirDecimal`, all others plain numbers.
 * @throws SyntaxError where the text is not JSON
 */
export function parseFhir(text: string): unknown {
  if (!hasSuspect(text)) return JSON.parse(text);
  const safe = text.replaceAll(TOKEN, (token) => {
    if (token.startsWith('"') || String(Number(token)) === token || !NUMBER.test(token)) return token;
    return JSON.stringify(MARK + token);
  });
  const value: unknown = JSON.parse(safe);
  return safe === text ? value : revive(value);
}

function hasSuspect(text: string): boolean {
  for (const [, token] of text.matchAll(SUSPECT)) if (String(Number(token)) !== token) return true;
  return false;
}

/** JSON text with the digits of every decimal; `value` must be one that JSON can say. */
export function stringifyFhir(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('"\\u0001d:') ? text.replaceAll(MARKED, '$1') : text;
}

/** True for a JSON object (no list, no null, no decimal). */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FhirDecimal);
}

/** A value as a list: absent is empty, a single value a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function revive(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? new FhirDecimal(value.slice(MARK.length)) : value;
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part)]));
}
