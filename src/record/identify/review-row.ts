import { sha256 } from '../../core/ids.ts';
import type { Guard } from '../../identity/judge.ts';
import type { MatchCopy } from '../../identity/match-copy.ts';
import { jsonOf, textOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row } from '../../store/port.ts';
import type { SourceRecord } from './contract.ts';
import { recKey } from './fact-rows.ts';

/**
 * Why a clerk is asked: `match`: the rules leave open whether a source record is somebody we know; `merge`: a message
 * asked for a merge or link that was not applied; `holder`: a message calls somebody else by a number that is in use,
 * and is held.
 */
export type ReviewKind = 'match' | 'merge' | 'holder';

/** `open`: waits; `decided`: a clerk has spoken; `moot`: there is nothing to decide any more. */
export type ReviewState = 'open' | 'decided' | 'moot';

/** One person that the subject of a review may be. */
export interface ReviewCandidate {
  /** The source record to decide about; stands for its person. */
  readonly rec: string;
  readonly person: string;
  readonly guards: readonly (Guard | 'different')[];
  /** Agreement per field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Side by side: what the subject says and what the candidate says, by field. */
  readonly sides: Readonly<Record<string, readonly [string, string]>>;
}

/** A decision of a clerk in a review. */
export interface ReviewDecision {
  readonly rec: string;
  readonly verdict: 'same' | 'different' | 'need-more';
  readonly user: string;
  readonly at: string;
  readonly reason?: string;
  /** The assertion that it made; absent for `need-more` and where a second person is waited for. */
  readonly assertion?: string;
}

/** A question to a clerk: the body of a `reviews` row. */
export interface Review {
  readonly id: string;
  readonly kind: ReviewKind;
  readonly state: ReviewState;
  /** The source record in question; for a `merge` the one that was to be retired. */
  readonly subject: string;
  readonly candidates: readonly ReviewCandidate[];
  readonly decisions: readonly ReviewDecision[];
  readonly openedAt: string;
  /** Message that changed it last. */
  readonly message: string;
  /** Messages that are held until it is decided. */
  readonly held?: readonly { readonly message: string; readonly at: string }[];
  /** A refused ADT merge, which retires the subject once it is decided as the same. */
  readonly retires?: true;
}

/** Ids of reviews: one per subject and question, so that nothing is asked twice. */
export const reviewId = (kind: ReviewKind, ...recs: readonly string[]): string =>
  sha256('review', kind, ...recs).slice(0, 32);

/** The review of a row. */
export const readReview = (row: Row): Review => jsonOf<Review>(row);

/** A review as the draft leaves it, and the same again where it is open. */
export async function findReview(draft: Draft, id: string): Promise<{ readonly old?: Review; readonly open?: Review }> {
  const row = await draft.get('reviews', id);
  if (row === undefined) return {};
  const old = readReview(row);
  return old.state === 'open' ? { old, open: old } : { old };
}

/** Puts a review into the draft unless it is there already just so. */
export async function putReview(draft: Draft, review: Review): Promise<void> {
  const old = await draft.get('reviews', review.id);
  const body = JSON.stringify(review);
  if (old !== undefined && textOf(old) === body) return;
  const recs = new Set([review.subject, ...review.candidates.map(({ rec }) => rec)]);
  draft.put({
    collection: 'reviews',
    id: review.id,
    body,
    keys: [...recs].map(recKey),
    fields: { state: review.state, at: new Date(review.openedAt) },
  });
}

/** A candidate with its side-by-side fields. */
export function reviewCandidate(
  subject: MatchCopy,
  other: SourceRecord,
  judged: { readonly guards: ReviewCandidate['guards']; readonly fields: object },
): ReviewCandidate {
  const [x, y] = [sideOf(subject), sideOf(other.copy)];
  const names = [...new Set([...Object.keys(x), ...Object.keys(y)])];
  return {
    rec: other.id,
    person: other.person,
    guards: judged.guards,
    fields: Object.fromEntries(Object.entries(judged.fields).map(([name, level]) => [name, String(level)])),
    sides: Object.fromEntries(names.map((name) => [name, [x[name] ?? '', y[name] ?? '']])),
  };
}

function sideOf(copy: MatchCopy): Readonly<Record<string, string>> {
  const sides = {
    name: copy.names.map(({ text }) => text).join(', '),
    birthDate: copy.birth?.date ?? '',
    sex: copy.sex ?? '',
    idNumber: copy.ids.map(({ value }) => value).join(', '),
    phone: copy.phones.join(', '),
    mother: copy.mother ?? '',
    numbers: copy.numbers.map(({ namespace, kind, value }) => `${namespace} ${kind} ${value}`).join(', '),
  };
  return Object.fromEntries(Object.entries(sides).filter(([, value]) => value !== ''));
}
