/** Who set a value of a member, and when. */
interface Stamped {
  /** Event time, UTC milliseconds. */
  readonly at: number;
  readonly message?: string;
  /** HL7 field that it came from (`PID-5`), where it came from one. */
  readonly hl7?: string;
}

/** What one member says about one golden value. */
export interface Claim extends Stamped {
  readonly rec: string;
  /** Plain JSON, as it will be shown. */
  readonly value: unknown;
  /** A valid resident ID number of the member says the same. */
  readonly validated: boolean;
  /** False of records that an ADT merge retired. */
  readonly live: boolean;
  /** Says more than its like: a name in characters more than one in letters, a day more than a year. */
  readonly detail: number;
  /** Of its source; lower is preferred. */
  readonly rank: number;
}

/** Why a value won over the next best: the first rule that told the two apart. */
type GoldenWhy =
  | 'only'
  | 'agreed'
  | 'valid-id-number'
  | 'not-retired'
  | 'fuller'
  | 'source-rank'
  | 'most-recent'
  | 'most-frequent'
  | 'oldest-record';

/** Where a golden value comes from (patient document, `from`). */
export interface GoldenFrom {
  readonly rec: string;
  readonly msg?: string;
  readonly hl7?: string;
  /** Source time of the winning value, UTC milliseconds. */
  readonly at: number;
  readonly why: GoldenWhy;
  /** Members that say the same, at most five. */
  readonly agree?: readonly string[];
  /** Members that say something else, at most five. */
  readonly differ?: readonly { readonly rec: string; readonly v: unknown }[];
}

/** A golden value with its provenance. */
export interface Golden {
  readonly value: unknown;
  readonly from: GoldenFrom;
}

const SHOWN = 5;

/**
 * The golden value of one field: validated by an ID number > not of a retired record > fuller > source rank > most
 * recent > most frequent > the oldest record's. The same for every order of the claims of one person.
 * @param claims in the order of the members (oldest first); undefined where nobody claims anything
 */
export function goldenValue(claims: readonly Claim[]): Golden | undefined {
  const [only] = claims;
  if (only !== undefined && claims.length === 1) {
    return { value: only.value, from: { ...fromOf(only), why: unopposed(only, []) } };
  }
  const counts = new Map<string, number>();
  for (const { value } of claims) counts.set(textOf(value), (counts.get(textOf(value)) ?? 0) + 1);
  const order = rules(counts);
  const sorted = [...claims].sort((x, y) => order.reduce((found, [, rule]) => found || rule(x, y), 0));
  const [winner] = sorted;
  if (winner === undefined) return undefined;
  const others = claims.filter((claim) => claim.rec !== winner.rec);
  const agree = others.filter((claim) => textOf(claim.value) === textOf(winner.value)).map(({ rec }) => rec);
  const differing = sorted.filter((claim) => claim.rec !== winner.rec && textOf(claim.value) !== textOf(winner.value));
  const [second] = differing;
  const differ = differing.map(({ rec, value }) => ({ rec, v: value }));
  return {
    value: winner.value,
    from: {
      ...fromOf(winner),
      why: second === undefined ? unopposed(winner, agree) : reason(order, winner, second),
      ...(agree.length === 0 ? {} : { agree: agree.slice(0, SHOWN) }),
      ...(differ.length === 0 ? {} : { differ: differ.slice(0, SHOWN) }),
    },
  };
}

function fromOf({ rec, message, hl7, at }: Claim): Pick<GoldenFrom, 'rec' | 'msg' | 'hl7' | 'at'> {
  return { rec, ...(message === undefined ? {} : { msg: message }), ...(hl7 === undefined ? {} : { hl7 }), at };
}

type Rule = readonly [GoldenWhy, (x: Claim, y: Claim) => number];

function rules(counts: ReadonlyMap<string, number>): readonly Rule[] {
  const count = ({ value }: Claim): number => counts.get(textOf(value)) ?? 0;
  return [
    ['valid-id-number', (x, y) => Number(y.validated) - Number(x.validated)],
    ['not-retired', (x, y) => Number(y.live) - Number(x.live)],
    ['fuller', (x, y) => y.detail - x.detail],
    ['source-rank', (x, y) => x.rank - y.rank],
    ['most-recent', (x, y) => y.at - x.at],
    ['most-frequent', (x, y) => count(y) - count(x)],
  ];
}

function reason(order: readonly Rule[], winner: Claim, second: Claim): GoldenWhy {
  return order.find(([, rule]) => rule(winner, second) !== 0)?.[0] ?? 'oldest-record';
}

function unopposed(winner: Claim, agree: readonly string[]): GoldenWhy {
  if (winner.validated) return 'valid-id-number';
  return agree.length === 0 ? 'only' : 'agreed';
}

/** One of several golden values of a list (phones, addresses). */
export interface GoldenEntry {
  readonly value: unknown;
  readonly from: GoldenFrom;
}

/**
 * The golden entries of a list: every entry of every member once, entries of live records first, then by source rank,
 * newest first.
 * @param same what makes two entries one
 */
export function goldenList(claims: readonly Claim[], same: (value: unknown) => string): readonly GoldenEntry[] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const name = same(claim.value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [claim]);
    else group.push(claim);
  }
  const entries = [...groups.values()].flatMap((group) => goldenValue(group.map(asEqual)) ?? []);
  if (entries.length < 2) return entries;
  const first = new Map(claims.map((claim) => [claim.rec, claim]));
  const weight = ({ from }: GoldenEntry): readonly number[] => {
    const claim = first.get(from.rec);
    return [claim?.live === true ? 0 : 1, claim?.rank ?? 0, -from.at];
  };
  return entries.sort((x, y) => compareLists(weight(x), weight(y)));
}

/** Entries that are one are told apart by nothing but who says them. */
const asEqual = (claim: Claim): Claim => ({ ...claim, detail: 0 });

function compareLists(x: readonly number[], y: readonly number[]): number {
  return x.reduce((found, value, index) => found || value - (y[index] ?? 0), 0);
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
