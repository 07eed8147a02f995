import type { ResourcePatch } from '../fhir/patch.ts';
import type { Draft } from '../store/draft.ts';
import type { Expectation, Store } from '../store/port.ts';
import type { CollectionName } from '../store/collections.ts';
import type { Applied, News, Repeat, Searched } from './contract.ts';
import { elementKey } from './element-key.ts';
import { putSourceNote } from './identify/source-row.ts';
import type { Note, Stamp } from './note.ts';
import { noteOf } from './row-values.ts';

type Moment = Pick<News, 'at' | 'sequence'>;

/** News that were applied, and the searches that went into that. */
interface Done {
  readonly news: News;
  readonly applied: Applied;
  readonly searches: readonly Searched[];
  /** Whether every Patient was said as it is known; costs more than all else that is asked here. */
  readonly isSame: () => boolean;
}

/**
 * What may be said at once of the same news sent again; undefined where more was written than up to when source records
 * are known, or where something newer or weightier than these news says the same.
 */
export function repeatOf(draft: Draft, { news, applied, searches, isSame }: Done): Repeat | undefined {
  const { changes, events, persons, warnings } = applied;
  if (changes.length + events.length + persons.length + warnings.length > 0 || !isPlain(news)) return undefined;
  if (!draft.puts.every(({ collection, bodyOnly }) => collection === 'sources' && bodyOnly === true)) return undefined;
  const sources = draft.written('sources').map((row) => ({ id: row.id, rev: row.rev, note: noteOf(row) }));
  const written = new Set(sources.map(({ id }) => id));
  // A search that nobody told of is not covered.
  if (draft.searches !== searches.length) return undefined;
  if (!sources.every(({ id, note }) => isLastSaid(note, patientPatches(news, id), news))) return undefined;
  if (!isSame()) return undefined;
  // The source records are expected by whoever writes them.
  const basis = draft.basis.filter(({ collection, id }) => !(collection === 'sources' && written.has(id)));
  return { basis, searches, sources, at: news.at, sequence: news.sequence };
}

/** Applies what an earlier message said word by word (`RecordWriter.again`). */
export async function applyAgain(draft: Draft, repeat: Repeat, moment: Moment): Promise<Repeat | undefined> {
  if (!isLater(moment, repeat)) return undefined;
  const ids = repeat.sources.map(({ id }) => id);
  const [rows, holds] = await Promise.all([draft.getMany('sources', ids), stands(draft.store, repeat)]);
  if (!holds || !repeat.sources.every(({ rev }, index) => rows[index]?.rev === rev)) return undefined;
  const sources = repeat.sources.map(({ id, rev, note }, index) => {
    const moved = moveNote(note, repeat, moment);
    const row = rows[index];
    if (row !== undefined) putSourceNote(draft, row, moved);
    return { id, rev: rev + 1, note: moved };
  });
  return { ...repeat, sources, at: moment.at, sequence: moment.sequence };
}

/** News that do nothing but state resources. */
function isPlain({ directives, deletes, replay, rest }: News): boolean {
  return directives.length === 0 && deletes === undefined && replay !== true && rest !== true;
}

const patientPatches = ({ patches }: News, rec: string): readonly ResourcePatch[] =>
  patches.filter(({ type, id }) => type === 'Patient' && id === rec);

/** Whether these are the newest news of a record, and everything that they named is known from them. */
function isLastSaid(note: Note, patches: readonly ResourcePatch[], by: Moment): boolean {
  if (!isOf(note.row, by)) return false;
  return patches.every(({ type, elements }) =>
    Object.entries(elements).every(([name, news]) => {
      const key = elementKey(type, name);
      if (news.kind !== 'entries') return isOf(note.elements?.[key] ?? note.row, by);
      const units = note.units?.[key] ?? [];
      return Object.keys(news.units).every((unit) => units.some((one) => one.unit === unit && isOf(one.stamp, by)));
    }),
  );
}

const isOf = ([at, sequence]: Stamp, by: Moment): boolean => at === by.at.getTime() && sequence === by.sequence;

const isLater = (moment: Moment, than: Moment): boolean =>
  moment.at > than.at || (moment.at.getTime() === than.at.getTime() && moment.sequence > than.sequence);

/** The note with what one moment set as set by another. */
function moveNote(note: Note, from: Moment, to: Moment): Note {
  const move = (stamp: Stamp): Stamp => {
    if (!isOf(stamp, from)) return stamp;
    const [, , source, stub] = stamp;
    return stub === undefined ? [to.at.getTime(), to.sequence, source] : [to.at.getTime(), to.sequence, source, stub];
  };
  const { elements, units } = note;
  return {
    ...note,
    row: move(note.row),
    ...(elements === undefined ? {} : { elements: mapValues(elements, move) }),
    ...(units === undefined
      ? {}
      : { units: mapValues(units, (list) => list.map((unit) => ({ ...unit, stamp: move(unit.stamp) }))) }),
  };
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/** Whether all rows have the revs that they had, and searches find no others. */
async function stands(store: Store, { basis, searches }: Repeat): Promise<boolean> {
  const collections = [...new Set(basis.map(({ collection }) => collection))];
  const checks = await Promise.all([
    ...collections.map((collection) =>
      haveRevs(
        store,
        collection,
        basis.filter((row) => row.collection === collection),
      ),
    ),
    ...searches.map(async ({ query, count }) => (await store.count('resources', query)) === count),
  ]);
  return checks.every(Boolean);
}

async function haveRevs(store: Store, collection: CollectionName, rows: readonly Expectation[]): Promise<boolean> {
  const ids = rows.map(({ id }) => id);
  const revs = await store.revs(collection, ids);
  return rows.every(({ rev }, index) => revs[index] === rev);
}
