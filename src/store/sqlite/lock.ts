import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { JingluoError, problem } from '../../core/problem.ts';
import type { Connection, Open } from './binding.ts';

/**
 * Takes the right to write a store file, for as long as this process lives. The lock is one of the operating system,
 * held through a small SQLite file beside the store, so that it ends with its process however that ends, also in
 * another container; a text file beside it tells who holds it.
 * @returns a function that gives the lock back
 * @throws JingluoError `store.locked`
 */
export function lockFile(open: Open, file: string): () => void {
  const holder = `${file}.holder`;
  let lock: Connection | undefined;
  try {
    lock = open(`${file}.lock`, { readOnly: false, busyMs: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (!/locked|busy/iu.test(error instanceof Error ? error.message : '')) throw error;
    const who = readHolder(holder);
    const message = `The store ${file} is in use by ${who}; only one process may write it.`;
    throw new JingluoError(problem('store.locked', message, { file }), { cause: error });
  }
  writeFileSync(holder, `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`);
  const held = lock;
  return () => {
    rmSync(holder, { force: true });
    held.exec('ROLLBACK');
    held.close();
  };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'another process';
  }
}
