import { jsonOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { Row } from '../../store/port.ts';
import type { RecordSettings } from '../contract.ts';
import type { Note } from '../note.ts';
import { noteOf } from '../row-values.ts';
import type { SourceChange, SourceRecord } from './contract.ts';
import { assertionPut, pairPut, readAssertion, readPair, recKey, type Assertion, type Pair } from './fact-rows.ts';
import { putSource, putSourceNote, readSource } from './source-row.ts';

/** What causes the changes of one decision. */
export interface Cause {
  /** Event time of a message, time of a decision. */
  readonly at: Date;
  readonly sequence: number;
  /** When it arrived. */
  readonly received: Date;
  readonly source: string;
  /** Message id, or id of a clerk's assertion. */
  readonly id: string;
}

interface Loaded {
  /** The row that it was read from. */
  readonly row?: Row;
  readonly before?: SourceRecord;
  now: SourceRecord;
  note: Note;
  /** Only the note differs, or more. */
  dirty: boolean;
}

/**
 * What one decision has read and changed of source records, pairs and assertions. Nothing reaches the draft before
 * `flush`, so that a message that is held leaves no trace but its review.
 */
export class Workspace {
  readonly draft: Draft;
  readonly settings: RecordSettings;
  readonly cause: Cause;
  readonly #records = new Map<string, Loaded>();
  readonly #missing = new Set<string>();
  readonly #pairs = new Map<string, { readonly before?: Pair; now?: Pair }>();
  readonly #assertions = new Map<string, Assertion>();
  readonly #fresh: Assertion[] = [];
  readonly #factsOf = new Set<string>();

  constructor(draft: Draft, settings: RecordSettings, cause: Cause) {
    this.draft = draft;
    this.settings = settings;
    this.cause = cause;
  }

  /** Source records by id, unknown ids left out; read once. */
  async load(ids: Iterable<string>): Promise<readonly SourceRecord[]> {
    const wanted = [...new Set(ids)];
    const missing = wanted.filter((id) => !this.#records.has(id) && !this.#missing.has(id));
    if (missing.length > 0) {
      const rows = await this.draft.getMany('sources', missing);
      missing.forEach((id, index) => {
        const row = rows[index];
        if (row === undefined) this.#missing.add(id);
        else this.adopt(row);
      });
    }
    return wanted.map((id) => this.record(id)).filter((record) => record !== undefined);
  }

  /** Takes a row that a search found. */
  adopt(row: Row): SourceRecord {
    const known = this.#records.get(row.id);
    if (known !== undefined) return known.now;
    const before = readSource(row);
    this.#records.set(row.id, { row, before, now: before, note: noteOf(row), dirty: false });
    return before;
  }

  /** A loaded source record as it is now. */
  record(id: string): SourceRecord | undefined {
    return this.#records.get(id)?.now;
  }

  /** A loaded source record as it was read; undefined where this decision makes it. */
  before(id: string): SourceRecord | undefined {
    return this.#records.get(id)?.before;
  }

  note(id: string): Note | undefined {
    return this.#records.get(id)?.note;
  }

  /** Creates or changes a source record. */
  set(record: SourceRecord, note?: Note): void {
    const known = this.#records.get(record.id);
    if (known === undefined) {
      this.#missing.delete(record.id);
      this.#records.set(record.id, { now: record, note: note ?? { row: [0, 0, ''] }, dirty: true });
      return;
    }
    known.now = record;
    known.note = note ?? known.note;
    known.dirty = true;
  }

  /** Pairs and assertions that speak of these records; read once. */
  async loadFacts(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#factsOf.has(id));
    for (const id of missing) this.#factsOf.add(id);
    const old = missing.filter((id) => this.before(id) !== undefined || this.record(id) === undefined);
    for (let from = 0; from < old.length; from += CHUNK) {
      const keys = old.slice(from, from + CHUNK).map(recKey);
      for (const row of await this.#all('links', keys)) this.#adoptPair(readPair(row));
      for (const row of await this.#all('assertions', keys)) this.#assertions.set(row.id, readAssertion(row));
    }
  }

  /** Pairs that are known about a record (its facts must be loaded). */
  pairsOf(rec: string): readonly Pair[] {
    return this.pairs().filter((pair) => pair.a === rec || pair.b === rec);
  }

  pairs(): readonly Pair[] {
    return [...this.#pairs.values()].flatMap(({ now }) => (now === undefined ? [] : [now]));
  }

  pair(id: string): Pair | undefined {
    return this.#pairs.get(id)?.now;
  }

  /** Sets or, with `undefined`, removes a pair; unchanged judgements are not written again. */
  setPair(id: string, pair: Pair | undefined): void {
    const known = this.#pairs.get(id);
    if (known === undefined) {
      if (pair !== undefined) this.#pairs.set(id, { now: pair });
      return;
    }
    if (pair === undefined) delete known.now;
    else if (known.now === undefined || !sameJudgement(known.now, pair)) known.now = pair;
  }

  assertions(): Iterable<Assertion> {
    return this.#assertions.values();
  }

  /** Appends an assertion; one with a known id (a replay) changes nothing. */
  assert(assertion: Assertion): boolean {
    if (this.#assertions.has(assertion.id)) return false;
    this.#assertions.set(assertion.id, assertion);
    this.#fresh.push(assertion);
    return true;
  }

  /** Ends of pairs and assertions that this decision changes: their persons' rows must be written. */
  changedEnds(): ReadonlySet<string> {
    const changed = [...this.#pairs.values()].filter(({ before, now }) => before !== now && holds(before, now));
    const ends = changed.flatMap(({ before, now }) => [before, now]).filter((pair) => pair !== undefined);
    return new Set([...ends, ...this.#fresh].flatMap(({ a, b }) => [a, b]));
  }

  /** Both ends of every pair that changed, reviews included. */
  changedPairs(): readonly Pair[] {
    return [...this.#pairs.values()]
      .filter(({ before, now }) => before !== now)
      .flatMap(({ before, now }) => [now ?? before].filter((pair) => pair !== undefined));
  }

  /** Loaded source records of a person as they are now. */
  loadedMembers(person: string): readonly SourceRecord[] {
    return [...this.#records.values()].flatMap(({ now }) => (now.person === person ? [now] : []));
  }

  /** Source records whose Patient, state or person changed. */
  changes(): readonly SourceChange[] {
    return [...this.#records.entries()]
      .filter(([, { before, now }]) => before !== now && !(before !== undefined && looksAlike(before, now)))
      .map(([id, { before, now }]) => (before === undefined ? { id, after: now } : { id, before, after: now }));
  }

  /** Puts everything that changed into the draft; unwritten records of `rested` become expectations. */
  flush(rested: Iterable<string>): void {
    for (const loaded of this.#records.values()) if (loaded.dirty) putLoaded(this.draft, loaded);
    for (const [id, { before, now }] of this.#pairs) {
      if (before === now) continue;
      if (now !== undefined) this.draft.put(pairPut(now));
      else this.draft.delete('links', id);
    }
    for (const assertion of this.#fresh) this.draft.put(assertionPut(assertion));
    for (const id of rested) {
      const known = this.#records.get(id);
      if (known?.before !== undefined && !known.dirty) this.draft.expect('sources', id);
    }
  }

  /** Members of a person as its row says; undefined where there is none. */
  async members(person: string): Promise<readonly string[] | undefined> {
    const row = await this.draft.get('persons', person);
    return row === undefined ? undefined : jsonOf<{ readonly members: readonly string[] }>(row).members;
  }

  #adoptPair(pair: Pair): void {
    if (!this.#pairs.has(pair.id)) this.#pairs.set(pair.id, { before: pair, now: pair });
  }

  async #all(collection: 'links' | 'assertions', keys: readonly string[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    let after: string | undefined;
    do {
      const page = await this.draft.find(collection, {
        all: [keys],
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      rows.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}

const CHUNK = 100;

function putLoaded(draft: Draft, { row, before, now, note }: Loaded): void {
  if (row !== undefined && now === before) putSourceNote(draft, row, note);
  else putSource(draft, now, note);
}

function looksAlike(before: SourceRecord, now: SourceRecord): boolean {
  return (
    before.patient === now.patient &&
    before.state === now.state &&
    before.person === now.person &&
    before.into === now.into
  );
}

/** Whether a pair joins, or did. */
function holds(before: Pair | undefined, now: Pair | undefined): boolean {
  return before?.verdict === 'link' || now?.verdict === 'link';
}

function sameJudgement(x: Pair, y: Pair): boolean {
  return judgementText(x) === judgementText(y);
}

/** Everything that a pair says but when and why it was judged. */
function judgementText(pair: Pair): string {
  const parts = Object.entries(pair).filter(([name]) => name !== 'at' && name !== 'message');
  return JSON.stringify(parts.sort(([p], [q]) => (p < q ? -1 : 1)));
}
