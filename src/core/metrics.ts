/** Labels of one sample. */
export type Labels = Readonly<Record<string, string>>;

/** Port for counters, gauges and durations (`jingluo_<noun>_<unit>`); the Prometheus driver lives in `src/server`. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: string, labels?: Labels, by?: number): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** Records a duration in seconds in a histogram. */
  observe(name: string, seconds: number, labels?: Labels): void;
}

/** Metrics that nobody reads; the default of tests. */
export const noMetrics: Metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
