/** What an expression sees. Absent parts are empty. */
export interface Scope {
  readonly doc?: unknown;
  readonly event?: unknown;
  readonly enrolment?: unknown;
  readonly anchor?: unknown;
  readonly reply?: unknown;
  readonly now: Date;
  /** IANA zone of `%now` and `%today`. */
  readonly zone: string;
}
