import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Labels, Metrics } from '../core/metrics.ts';

/** Metrics that `/metrics` shows. */
export interface PrometheusMetrics {
  readonly port: Metrics;
  /** The exposition format of Prometheus. */
  readonly text: () => Promise<string>;
}

/** Seconds: from a cached read to a slow transaction. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The Prometheus driver of the metrics port; a series exists from its first sample on, with the labels it had then. */
export function createPrometheus(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const once = <T>(make: (name: string, labels: Labels) => T): ((name: string, labels: Labels) => T) => {
    const made = new Map<string, T>();
    return (name, labels) => {
      let one = made.get(name);
      if (one === undefined) made.set(name, (one = make(name, labels)));
      return one;
    };
  };
  const spec = (name: string, labels: Labels) => ({
    name,
    help: name.replaceAll('_', ' '),
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  const counter = once((name, labels) => new Counter(spec(name, labels)));
  const gauge = once((name, labels) => new Gauge(spec(name, labels)));
  const histogram = once((name, labels) => new Histogram({ ...spec(name, labels), buckets: BUCKETS }));
  return {
    port: {
      count: (name, labels = {}, by = 1) => {
        counter(name, labels).inc(labels, by);
      },
      gauge: (name, value, labels = {}) => {
        gauge(name, labels).set(labels, value);
      },
      observe: (name, seconds, labels = {}) => {
        histogram(name, labels).observe(labels, seconds);
      },
    },
    text: () => registry.metrics(),
  };
}
