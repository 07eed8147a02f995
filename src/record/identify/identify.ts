import { err, ok, type Result } from '../../core/result.ts';
import type { Problem } from '../../core/problem.ts';
import type { Held, News } from '../contract.ts';
import type { Draft } from '../../store/draft.ts';
import { accessionKeys, accessionTies, numberedNews, type Numbered } from './accession.ts';
import { holderAt, refusedChanges } from './aliases.ts';
import type { Identified, Identify, SourceRecord } from './contract.ts';
import { applyDirective, directiveRecs, markDeleted } from './directives.ts';
import { pairId } from './fact-rows.ts';
import { keysOf, matchRecord, type AccessionTie } from './match-record.ts';
import { renamePatients } from './rename-patients.ts';
import { settle, type Settled } from './settle.ts';
import { applyPatients, type SourceNews } from './source-news.ts';
import { takeTickets } from './tickets.ts';
import { Workspace } from './workspace.ts';

/**
 * The identify stage: Patient patches to source records (element by element, G12), then, only where matching fields
 * or facts are new, tickets before candidates, links, directives, persons and reviews.
 */
export const identify: Identify = async (draft, given, settings) => {
  const recs = await holders(draft, given);
  const news = renamePatients(given, recs);
  const ws = new Workspace(draft, settings, {
    at: news.at,
    sequence: news.sequence,
    received: news.receivedAt,
    source: news.source,
    id: news.message,
  });
  const patients = await applyPatients(ws, news);
  if (!patients.ok) return err(patients.error);
  const warnings = [...(await refusedChanges(draft, news, settings))];
  const settled = await match(ws, news, { patients: patients.value.changed, warnings });
  const isRepeat = (): boolean =>
    settled.touched.length === 0 && news.directives.length === 0 && patients.value.isRepeat();
  return done(ws, { recs, news, warnings, isRepeat }, settled);
};

/** The source record of every Patient patch at the time of the news. */
async function holders(draft: Draft, news: News): Promise<ReadonlyMap<string, string>> {
  const ids = news.patches.filter(({ type }) => type === 'Patient').map(({ id }) => id);
  await draft.getMany('sources', ids);
  const recs = new Map<string, string>();
  for (const id of ids) recs.set(id, await holderAt(draft, id, news.at));
  return recs;
}

/** Everything that needs tickets; without new matching fields, numbers or directives only the records are written. */
async function match(
  ws: Workspace,
  news: News,
  found: { readonly patients: readonly SourceNews[]; readonly warnings: Problem[] },
): Promise<Settled> {
  const rematch = found.patients.filter((one) => one.rematch).map(({ rec }) => rec);
  const numbered = await numberedNews(ws, news);
  const deleted = await deletePatients(ws, news);
  const directed = await Promise.all(news.directives.map((directive) => directiveRecs(ws, directive)));
  const named = [...directed.flat(), ...deleted];
  if (rematch.length === 0 && numbered.length === 0 && named.length === 0) {
    ws.flush([]);
    return { persons: [], touched: unmatched(ws) };
  }
  const fresh = [...rematch, ...named.map(({ id }) => id)];
  const copies = fresh.flatMap((id) => [ws.before(id)?.copy, ws.record(id)?.copy]);
  await takeTickets(ws.draft, ws.settings.installation, [...keysOf(...copies), ...accessionKeys(numbered)]);
  for (const directive of news.directives) {
    const done = await applyDirective(ws, directive);
    found.warnings.push(...done.warnings);
  }
  const ties = await newTies(ws, numbered);
  const search = new Set([...rematch, ...stubs(ws, fresh)]);
  for (const rec of new Set([...search, ...ties.keys()])) {
    await matchRecord(ws, rec, { search: search.has(rec), ties: ties.get(rec) ?? NO_TIES });
  }
  const seeds = [...fresh, ...ties.keys()];
  if (seeds.length > 0) return settle(ws, seeds);
  ws.flush([]);
  return { persons: [], touched: unmatched(ws) };
}

const NO_TIES: ReadonlyMap<string, AccessionTie> = new Map();

/**
 * Accession ties that are not known yet. The judgement rests on both records as they were read, and their tickets are
 * taken, so that a change of either meets us.
 */
async function newTies(ws: Workspace, numbered: readonly Numbered[]): ReturnType<typeof accessionTies> {
  const found = await accessionTies(ws, numbered);
  const fresh = new Map<string, ReadonlyMap<string, AccessionTie>>();
  for (const [rec, ties] of found) {
    await ws.loadFacts([rec]);
    const unknown = [...ties].filter(([other]) => ws.pair(pairId(rec, other))?.accession !== true);
    if (unknown.length > 0) fresh.set(rec, new Map(unknown));
  }
  const recs = [...fresh].flatMap(([rec, ties]) => [rec, ...ties.keys()]);
  if (recs.length > 0) {
    await takeTickets(ws.draft, ws.settings.installation, keysOf(...recs.map((rec) => ws.record(rec)?.copy)));
  }
  for (const rec of recs) if (ws.before(rec) !== undefined) ws.draft.expect('sources', rec);
  return fresh;
}

/** Patients that a client deletes at the endpoint. */
async function deletePatients(ws: Workspace, news: News): Promise<readonly SourceRecord[]> {
  const ids = (news.deletes ?? []).filter(({ type }) => type === 'Patient').map(({ id }) => id);
  const records = await ws.load(ids);
  for (const record of records) markDeleted(ws, record);
  return records;
}

/** Records that a directive made known. */
function stubs(ws: Workspace, recs: readonly string[]): readonly string[] {
  return recs.filter((rec) => ws.before(rec) === undefined);
}

/** Persons of sources that changed beside their matching fields. */
function unmatched(ws: Workspace): readonly string[] {
  return [...new Set(ws.changes().map(({ after }) => after.person))];
}

function done(
  ws: Workspace,
  about: Pick<Identified, 'recs' | 'news' | 'warnings' | 'isRepeat'>,
  settled: Settled,
): Result<Identified, Held> {
  return ok({ ...about, sources: ws.changes(), persons: settled.persons, touched: settled.touched });
}
