import type { DemoControl } from './demo/control.ts';
import type { Engine } from './engine.ts';

/** An engine with everything running. */
export interface RunningEngine {
  readonly engine: Engine;
  /** Where it listens, for people. */
  readonly addresses: readonly string[];
  /** Only with a demo configuration. */
  readonly demo?: DemoControl;
  /** Base URL of the HTTP server, without a trailing slash. */
  readonly httpUrl: string;
  /** Port that a channel listens on; 0 where there is no such listener. */
  portOf(channel: string): number;
  /** Resolves when every message that was taken in has been processed, and what it made due has been carried out. */
  settle(): Promise<void>;
  /** Takes nothing new, lets what is under way finish (at most `graceMs`), closes. */
  stop(graceMs: number): Promise<void>;
}
