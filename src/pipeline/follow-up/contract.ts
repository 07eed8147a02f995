import type { Applied } from '../../record/contract.ts';
import type { Draft } from '../../store/draft.ts';

/** How the events of one commit are to be taken. */
export interface ReactContext {
  /** Message id, or id of the action (merge by a clerk) that caused the events. */
  readonly cause: string;
  /** News order time of the message. */
  readonly at: Date;
  /** Store clock at the time of the decision. */
  readonly now: Date;
  /** Historical load or replay without `--fire`: enrolments open, nothing already due is sent, staff is not alerted. */
  readonly backfill: boolean;
}

/** Follow-up as the message path sees it: enrols, stops, pauses and moves occurrences as puts of the same draft. */
export interface FollowUp {
  /** Resolves to the earliest due time written, if any, so that the commit's caller can wake the loop. */
  react(draft: Draft, applied: Applied, context: ReactContext): Promise<Date | undefined>;
}

/** The loop that carries out what is due; started by the app, woken by commits. */
export interface FollowUpLoop {
  /** Something may be due now; never blocks. */
  wake(): void;
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
  /** Carries out everything due until nothing is; for tests, the demo and `--once` commands. Resolves with the number carried out. */
  drain(): Promise<number>;
}
