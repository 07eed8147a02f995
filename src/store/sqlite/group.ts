import type { Connection, SqlValue } from './binding.ts';
import { keyHasher } from './key-hash.ts';
import type { Layout } from './layout.ts';
import { LAYOUTS } from './layout.ts';
import type { OldRow } from './row-writer.ts';
import { RowWriter } from './row-writer.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { ClaimJob, CommitJob, Job, Outcome, WirePut } from './wire.ts';

/** The clock in the file lags at most so much behind the clock of the store, milliseconds. */
const CLOCK_STEP = 1_000;

/** Carries out requests in groups: one transaction, one fsync; each request is all or nothing by itself. */
export class GroupWriter {
  readonly #db: Connection;
  readonly #seed: string;
  #writers = new Map<number, RowWriter>();
  /** Last number given, by collection; those written since the last commit are in `#dirty`. */
  readonly #sequences = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #clock: number;

  constructor(db: Connection) {
    this.#db = db;
    this.#seed = String(readMeta(db, 'seed'));
    this.#clock = Number(readMeta(db, 'clock') ?? 0);
  }

  /** Outcomes in the order of the jobs; durable when it returns. Never throws: what cannot be written is `failed`. */
  run(jobs: readonly Job[], now: number): Outcome[] {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const outcomes = jobs.map((job) => this.#alone(job));
      for (const index of this.#dirty) this.#saveSequence(index);
      if (now >= this.#clock + CLOCK_STEP) writeMeta(this.#db, 'clock', (this.#clock = now));
      this.#db.exec('COMMIT');
      this.#dirty.clear();
      return outcomes;
    } catch (error) {
      this.#forget();
      try {
        this.#db.exec('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself.
      }
      return jobs.map(() => ['failed', reasonOf(error)]);
    }
  }

  /**
   * Carries out one job so that its failure leaves the others of the group alone.
   * @throws what made SQLite give up the whole transaction (disk full)
   */
  #alone(job: Job): Outcome {
    this.#db.prepare('SAVEPOINT one').run([]);
    try {
      const outcome = job[0] === 'commit' ? this.#commit(job) : this.#claim(job);
      this.#db.prepare('RELEASE one').run([]);
      return outcome;
    } catch (error) {
      this.#forget();
      if (!this.#undo()) throw error;
      return ['failed', reasonOf(error)];
    }
  }

  /** Undoes the job under way; false when SQLite has given up the whole transaction. */
  #undo(): boolean {
    try {
      this.#db.exec('ROLLBACK TO one');
      this.#db.exec('RELEASE one');
      return true;
    } catch {
      return false;
    }
  }

  #commit([, puts, deletes, expectations]: CommitJob): Outcome {
    const read = new Map<string, OldRow | undefined>();
    const old = (layout: number, id: string): OldRow | undefined => {
      const name = `${layout} ${id}`;
      if (!read.has(name)) read.set(name, this.#writer(layout).read(id));
      return read.get(name);
    };
    for (const [layout, id, rev] of expectations) {
      if ((old(layout, id)?.rev ?? 0) !== rev) return ['conflict', layout, id];
    }
    const sequences: number[] = [];
    for (const put of puts) {
      const numbered = this.#number(put, sequences);
      this.#writer(put[0]).put(numbered, old(put[0], put[1]));
    }
    const deleted = deletes.map(([layout, id]) => {
      const row = old(layout, id);
      if (row !== undefined) this.#writer(layout).delete(row);
      return row !== undefined;
    });
    return ['done', sequences, deleted];
  }

  /** Fills the sequence field of a put that asks for it. */
  #number(put: WirePut, sequences: number[]): WirePut {
    const [layout, id, body, note, keys, ordered, ranges, sequence, fields] = put;
    if (sequence < 0) return put;
    const number = this.#sequence(layout) + 1;
    this.#sequences.set(layout, number);
    this.#dirty.add(layout);
    sequences.push(number);
    return [layout, id, body, note, keys, ordered, ranges, sequence, fields.with(sequence, number)];
  }

  #sequence(layout: number): number {
    const known = this.#sequences.get(layout);
    if (known !== undefined) return known;
    const sql = 'SELECT value FROM sequences WHERE collection = ?';
    return Number(this.#db.prepare(sql).get([layoutAt(layout).collection])?.[0] ?? 0);
  }

  #saveSequence(layout: number): void {
    const sql = 'INSERT OR REPLACE INTO sequences VALUES (?, ?)';
    this.#db.prepare(sql).run([layoutAt(layout).collection, this.#sequence(layout)]);
  }

  #claim([, index, due, owner, now, until, limit]: ClaimJob): Outcome {
    const { table, selected } = layoutAt(index);
    const free = '("f_leaseUntil" IS NULL OR "f_leaseUntil" <= ?)';
    const found = this.#db
      .prepare(`SELECT n FROM ${table} WHERE "f_dueAt" <= ? AND ${free} ORDER BY "f_dueAt", id LIMIT ?`)
      .all([due, now, limit])
      .map(([n]): SqlValue => n ?? null);
    const lease = this.#db.prepare(
      `UPDATE ${table} SET rev = rev + 1, "f_leaseOwner" = ?, "f_leaseUntil" = ? WHERE n = ?`,
    );
    for (const n of found) lease.run([owner, until, n]);
    const select = this.#db.prepare(`SELECT ${selected} FROM ${table} r WHERE n = ?`);
    return ['claimed', found.map((n) => select.get([n]) ?? [])];
  }

  #writer(layout: number): RowWriter {
    let writer = this.#writers.get(layout);
    if (writer === undefined) {
      const { collection } = layoutAt(layout);
      writer = new RowWriter(this.#db, layoutAt(layout), keyHasher(this.#seed, collection));
      this.#writers.set(layout, writer);
    }
    return writer;
  }

  /** After a rollback nothing that was remembered can be trusted, except numbers: they are never given twice. */
  #forget(): void {
    this.#writers = new Map();
    this.#clock = 0;
  }
}

function layoutAt(index: number): Layout {
  const layout = LAYOUTS[index];
  if (layout === undefined) throw new RangeError(`There is no collection ${index}.`);
  return layout;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
