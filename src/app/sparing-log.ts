import type { Log, LogFacts } from '../core/log.ts';

/** Lines of one event that are written in one second. */
const MOST = 10;
const SECOND_MS = 1_000;

interface Window {
  readonly until: number;
  lines: number;
  leftOut: number;
}

/**
 * A log for what strangers can cause: of each event at most ten lines a second; the first line after that says how many
 * were `leftOut`, so that nobody fills a disk by connecting. Counters count them all.
 * @param now monotonic milliseconds
 */
export function sparingLog(log: Log, now: () => number = () => performance.now()): Log {
  const windows = new Map<string, Window>();
  const spare =
    (write: (event: string, facts?: LogFacts) => void) =>
    (event: string, facts?: LogFacts): void => {
      const time = now();
      const known = windows.get(event);
      const window =
        known !== undefined && time < known.until ? known : { until: time + SECOND_MS, lines: 0, leftOut: 0 };
      windows.set(event, window);
      window.lines += 1;
      if (window.lines > MOST) {
        window.leftOut += 1;
        return;
      }
      const leftOut = window === known ? 0 : (known?.leftOut ?? 0);
      write(event, leftOut === 0 ? facts : { ...facts, leftOut });
    };
  return {
    debug: spare((event, facts) => {
      log.debug(event, facts);
    }),
    info: spare((event, facts) => {
      log.info(event, facts);
    }),
    warn: spare((event, facts) => {
      log.warn(event, facts);
    }),
    error: spare((event, facts) => {
      log.error(event, facts);
    }),
  };
}
