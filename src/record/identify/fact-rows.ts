import { sha256 } from '../../core/ids.ts';
import type { Agreement, Guard, LinkRule } from '../../identity/judge.ts';
import { jsonOf } from '../../store/body.ts';
import type { Put, Row } from '../../store/port.ts';

/** A fact that somebody stated about two source records; append-only, undone only by a later one that revokes it. */
export interface Assertion {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  /** `move` joins like `same`; `revoke` only revokes. */
  readonly verdict: 'same' | 'different' | 'move' | 'revoke';
  readonly by: 'adt' | 'clerk';
  /** An ADT merge: `a` is retired into `b`. */
  readonly retires?: true;
  /** Event time of the message, or time of the decision; ISO. Later beats earlier. */
  readonly at: string;
  /** Journal sequence of the message: breaks ties. */
  readonly sequence: number;
  readonly message?: string;
  readonly user?: string;
  readonly reason?: string;
  readonly confirmedBy?: string;
  /** Pairs of different ID numbers that a confirmed `same` names: the exception of G9. */
  readonly idNumbers?: readonly (readonly [string, string])[];
  readonly revokes?: readonly string[];
}

/** What the rules say about two source records: the body of a `links` row; can be made again at will. */
export interface Pair {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  /** The one that became known later: whose review it is. */
  readonly subject: string;
  readonly verdict: 'link' | 'review' | 'apart';
  readonly rank: 'adt' | 'score';
  readonly rules: readonly LinkRule[];
  readonly guards: readonly Guard[];
  readonly fields: Agreement;
  /** Tied by an accession or order number. */
  readonly accession?: true;
  /** The record whose report names the other one's order. */
  readonly pointer?: string;
  readonly at: string;
  readonly message: string;
}

/** Key of everything that speaks of a source record, in `assertions`, `links` and `reviews`. */
export const recKey = (rec: string): string => `rec:${rec}`;

/** Id of the pair of two source records, whatever their order. */
export const pairId = (a: string, b: string): string => sha256('pair', ...[a, b].sort()).slice(0, 32);

/** The pair of a `links` row. */
export const readPair = (row: Row): Pair => jsonOf<Pair>(row);

/** The assertion of an `assertions` row. */
export const readAssertion = (row: Row): Assertion => jsonOf<Assertion>(row);

/** The `links` row of a pair. */
export function pairPut(pair: Pair): Put {
  return {
    collection: 'links',
    id: pair.id,
    body: JSON.stringify(pair),
    keys: [recKey(pair.a), recKey(pair.b)],
    fields: { state: pair.verdict },
  };
}

/** The `assertions` row of an assertion. */
export function assertionPut(assertion: Assertion): Put {
  return {
    collection: 'assertions',
    id: assertion.id,
    body: JSON.stringify(assertion),
    keys: [recKey(assertion.a), recKey(assertion.b)],
    fields: { at: new Date(assertion.at) },
  };
}
