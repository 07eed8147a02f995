import { VALUE_SETS } from '../definitions/value-sets.ts';

/** The codes of one value set. */
export interface ValueSetCodes {
  /** Codes of any system. */
  readonly codes: ReadonlySet<string>;
  /** `system|code`. */
  readonly coded: ReadonlySet<string>;
}

// The generated text is the only writer of this shape.
const RAW = JSON.parse(VALUE_SETS) as Readonly<Record<string, Readonly<Record<string, string>>>>;
const SETS = new Map<string, ValueSetCodes>();

/** The value set of a required binding; undefined where its codes cannot be listed (languages, units, media types). */
export function valueSetOf(url: string): ValueSetCodes | undefined {
  const raw = RAW[url];
  if (raw === undefined) return undefined;
  let set = SETS.get(url);
  if (set === undefined) SETS.set(url, (set = read(raw)));
  return set;
}

function read(raw: Readonly<Record<string, string>>): ValueSetCodes {
  const pairs = Object.entries(raw).flatMap(([system, codes]) =>
    codes.split(' ').map((code) => [`${system}|${code}`, code] as const),
  );
  return { coded: new Set(pairs.map(([coded]) => coded)), codes: new Set(pairs.map(([, code]) => code)) };
}
