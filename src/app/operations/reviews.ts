import { problem } from '../../core/problem.ts';
import { decideReview, type ReviewVerdict } from '../../record/identify/decide-review.ts';
import { listReviews } from '../../record/identify/explain-person.ts';
import type { ReviewState } from '../../record/identify/review-row.ts';
import { actorOf, decide } from './decide.ts';
import { findSource } from './find-source.ts';
import { OperationFailed, textParam, type Operation } from './operation.ts';

const STATES: readonly ReviewState[] = ['open', 'decided', 'moot'];
const VERDICTS: readonly ReviewVerdict[] = ['same', 'different', 'rename', 'new-holder', 'need-more'];

const bad = (message: string): OperationFailed => new OperationFailed(problem('operation.bad-parameter', message));

/** `review.list`: what waits for a clerk; `state`: open, decided, moot or all. */
const list: Operation = {
  name: 'review.list',
  summary: 'Reviews, oldest first.',
  async *run({ store }, params) {
    const asked = textParam(params, 'state') ?? 'open';
    const state = STATES.find((one) => one === asked);
    if (state === undefined && asked !== 'all') throw bad(`state is one of ${STATES.join(', ')} or all.`);
    let after: string | undefined;
    do {
      const page = await listReviews(store, {
        ...(state === undefined ? {} : { state }),
        ...(after === undefined ? {} : { after }),
      });
      for (const { id, kind, state: now, subject, candidates, decisions, openedAt, held } of page.reviews) {
        yield { id, kind, state: now, at: openedAt, subject, candidates, decisions, held };
      }
      after = page.next;
    } while (after !== undefined);
  },
};

/** `review.decide`: a clerk's verdict; held messages run afterwards. */
const decideOne: Operation = {
  name: 'review.decide',
  summary: 'Decides a review.',
  async *run(engine, params) {
    const review = textParam(params, 'id');
    const verdict = VERDICTS.find((one) => one === textParam(params, 'verdict'));
    if (review === undefined || verdict === undefined)
      throw bad(`Give a review and a verdict: ${VERDICTS.join(', ')}.`);
    const named = textParam(params, 'candidate');
    const candidate = named === undefined ? {} : { candidate: await findSource(engine, named) };
    yield* decide(engine, (draft) =>
      decideReview(draft, { review, verdict, ...candidate }, actorOf(params), engine.settings),
    );
  },
};

/** Operations on reviews. */
export const REVIEW_OPERATIONS: readonly Operation[] = [list, decideOne];
