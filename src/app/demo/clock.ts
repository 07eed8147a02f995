import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Clock } from '../../core/clock.ts';

/** Saved this often, so that after a kill the clock starts no earlier than where it was. */
const SAVE_MS = 5_000;

/**
 * The clock of the demo day: it runs like any other, can be put forward, is kept over restarts and never goes back.
 * Allowed only with a demo configuration.
 */
export class DemoClock implements Clock {
  readonly #file: string;
  #base: number;
  #since = performance.now();
  #saved: number;

  /** @param start where it begins when it has never run before */
  constructor(dataDir: string, start: Date) {
    this.#file = path.join(dataDir, 'demo-clock.json');
    const kept = readSaved(this.#file);
    this.#base = Math.max(start.getTime(), kept === undefined ? 0 : kept + SAVE_MS);
    this.#saved = this.#base;
    this.#save(this.#base);
  }

  now(): Date {
    const now = Math.floor(this.#base + performance.now() - this.#since);
    if (now >= this.#saved + SAVE_MS) this.#save(now);
    return new Date(now);
  }

  /** Puts the clock forward; a time that is past already changes nothing. */
  advanceTo(time: Date): void {
    const now = this.now().getTime();
    if (time.getTime() <= now) return;
    this.#base = time.getTime();
    this.#since = performance.now();
    this.#save(this.#base);
  }

  #save(now: number): void {
    this.#saved = now;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify({ now: new Date(now).toISOString() }));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function readSaved(file: string): number | undefined {
  try {
    const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof saved !== 'object' || saved === null || !('now' in saved)) return undefined;
    const time = Date.parse(String(saved.now));
    return Number.isNaN(time) ? undefined : time;
  } catch {
    // No file yet, or cut off by a crash: the start of the day then.
    return undefined;
  }
}
