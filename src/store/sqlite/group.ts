import type { Connection, SqlValue } from './binding.ts';
import { keyHasher } from './key-hash.ts';
import { KeyWriter } from './key-writer.ts';
import type { Layout } from './layout.ts';
import { LAYOUTS } from './layout.ts';
import { RowWriter } from './row-writer.ts';
import { readKeyVersion, readMeta, writeMeta } from './schema.ts';
import type { ClaimJob, CommitJob, Job, Outcome, WireExpectation, WireName, WirePut } from './wire.ts';

/** The clock in the file lags at most so much behind the clock of the store, milliseconds. */
const CLOCK_STEP = 1_000;

/** Carries out requests in groups: one transaction, one fsync; each request is all or nothing by itself. */
export class GroupWriter {
  readonly #db: Connection;
  readonly #seed: string;
  readonly #keyVersion: number;
  readonly #keys: KeyWriter;
  #writers = new Map<number, RowWriter>();
  /** Last number given, by collection; those written since the last commit are in `#dirty`. */
  readonly #sequences = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #clock: number;

  constructor(db: Connection) {
    this.#db = db;
    this.#seed = String(readMeta(db, 'seed'));
    this.#keyVersion = readKeyVersion(db);
    this.#keys = new KeyWriter(db);
    this.#clock = Number(readMeta(db, 'clock') ?? 0);
  }

  /** Outcomes in the order of the jobs; durable when it returns. Never throws: what cannot be written is `failed`. */
  run(jobs: readonly Job[], now: number): Outcome[] {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      return jobs.map(() => ['failed', reasonOf(error)]);
    }
    try {
      return this.#together(jobs, now);
    } catch (error) {
      this.#forget();
      this.#rollback();
      // Whatever could not be written, the others of the group may be: each gets a transaction of its own.
      return jobs.length > 1 ? jobs.flatMap((job) => this.run([job], now)) : [['failed', reasonOf(error)]];
    }
  }

  /**
   * Nothing is undone here: a job is refused before it changes anything, and what SQLite cannot write ends all.
   * @throws what SQLite says
   */
  #together(jobs: readonly Job[], now: number): Outcome[] {
    this.#readAhead(jobs);
    const outcomes = jobs.map((job) => (job[0] === 'commit' ? this.#commit(job) : this.#claim(job)));
    this.#flush();
    for (const index of this.#dirty) this.#saveSequence(index);
    if (now >= this.#clock + CLOCK_STEP) writeMeta(this.#db, 'clock', (this.#clock = now));
    this.#db.exec('COMMIT');
    this.#dirty.clear();
    return outcomes;
  }

  #rollback(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
  }

  /** Reads what is stored of every row that a group names, with few statements. */
  #readAhead(jobs: readonly Job[]): void {
    const ids = new Map<number, Set<string>>();
    const add = ([layout, id]: WirePut | WireName | WireExpectation): void => {
      const known = ids.get(layout);
      if (known === undefined) ids.set(layout, new Set([id]));
      else known.add(id);
    };
    for (const job of jobs) {
      if (job[0] !== 'commit') continue;
      const [, puts, deletes, expectations] = job;
      for (const row of [...puts, ...deletes, ...expectations]) add(row);
    }
    for (const [layout, wanted] of ids) this.#writer(layout).read(wanted);
  }

  #commit([, puts, deletes, expectations]: CommitJob): Outcome {
    for (const [layout, id, rev] of expectations) {
      if (this.#writer(layout).rev(id) !== rev) return ['conflict', layout, id];
    }
    const sequences: number[] = [];
    for (const put of puts) this.#writer(put[0]).put(this.#number(put, sequences));
    const deleted = deletes.map(([layout, id]) => this.#writer(layout).delete(id));
    return ['done', sequences, deleted];
  }

  /** Writes what the jobs so far have changed. */
  #flush(): void {
    for (const writer of this.#writers.values()) writer.flush();
    this.#keys.flush();
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

  /** A claim looks into the file: what the jobs before it have changed is written first, and nothing is remembered of it. */
  #claim([, index, due, owner, now, until, limit]: ClaimJob): Outcome {
    this.#flush();
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
      const hash = keyHasher(this.#seed, collection, this.#keyVersion);
      writer = new RowWriter(this.#db, layoutAt(layout), { hash, keys: this.#keys });
      this.#writers.set(layout, writer);
    }
    return writer;
  }

  /** After a rollback nothing that was remembered can be trusted, except numbers: they are never given twice. */
  #forget(): void {
    this.#writers = new Map();
    this.#keys.forget();
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
