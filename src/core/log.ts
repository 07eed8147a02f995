/** Facts of a log line; never a patient's name, number or text. */
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Operational log: quiet when all is well. `event` is named `<noun>.<verb>` (`channel.started`, `store.commit-failed`). */
export interface Log {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts): void;
}

/** A log that says nothing; the default of tests. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
