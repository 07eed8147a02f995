import { once } from 'node:events';
import { statSync, watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An editor writes a file in several steps; what comes within this time is one change. */
const SETTLE_MS = 150;

/** Tells whenever something below these files and folders has changed (which change it is, from 1), until it is aborted. */
export async function* changesIn(paths: readonly string[], signal: AbortSignal): AsyncIterable<number> {
  const pending = new EventTarget();
  let seen = 0;
  let told = 0;
  const note = (): void => {
    seen += 1;
    pending.dispatchEvent(new Event('change'));
  };
  signal.addEventListener('abort', note);
  const watchers = paths.map((one) => watchOne(one, note));
  try {
    for (let change = 1; ; change += 1) {
      if (seen === told) await once(pending, 'change');
      if (signal.aborted) return;
      await sleep(SETTLE_MS);
      told = seen;
      yield change;
    }
  } finally {
    signal.removeEventListener('abort', note);
    for (const watcher of watchers) watcher.close();
  }
}

/** A file is watched through its folder: editors put a new file in the place of the old one. */
function watchOne(given: string, note: () => void) {
  if (statSync(given).isDirectory()) return watch(given, { recursive: true }, note);
  return watch(path.dirname(given), (_event, name) => {
    if (name === null || name === path.basename(given)) note();
  });
}
