import { sha256 } from '../core/ids.ts';

/** What makes an occurrence the same occurrence: planning it twice is harmless. */
export interface OccurrenceName {
  readonly plan: string;
  /** Source record that it belongs to. */
  readonly rec: string;
  readonly key: string;
  readonly round: number;
  readonly step: string;
  /** Repetition of a dated step, or change number of the value for an `on:` step; from 1. */
  readonly n: number;
}

/** Id of an occurrence: sha256 over plan, source record, key, round, step and n. */
export function occurrenceId(name: OccurrenceName): string {
  return sha256(name.plan, name.rec, name.key, String(name.round), name.step, String(name.n));
}

/** Id of an enrolment: one per plan, source record and key. */
export function enrolmentId(plan: string, rec: string, key: string): string {
  return sha256('enrolment', plan, rec, key);
}
