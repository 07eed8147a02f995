import { problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { namespaceSystem } from '../../fhir/local-systems.ts';
import type { FhirResource, ResourcePatch } from '../../fhir/patch.ts';
import { tableSystem } from '../../fhir/v2-tables.ts';
import { allConflict, compareCopies, hasTwoIds, type Agreement, type Guard } from '../../identity/judge.ts';
import { residentIds, type MatchCopy } from '../../identity/match-copy.ts';
import type { Held, News } from '../contract.ts';
import { mergePatch, type Merged, type MergeFacts } from '../merge-patch.ts';
import { stampsOf, type Note } from '../note.ts';
import { repeatsResource } from '../repeated.ts';
import type { SourceRecord } from './contract.ts';
import { sourceId } from './aliases.ts';
import { findReview, putReview, reviewCandidate, reviewId, type Review } from './review-row.ts';
import { copyOf } from './source-row.ts';
import type { Workspace } from './workspace.ts';

/** What a message changes in one source record. */
export interface SourceNews {
  readonly rec: string;
  /** New, or its matching fields changed: to be matched. */
  readonly rematch: boolean;
}

/** What the Patient patches of a message change. */
interface PatientsNews {
  readonly changed: readonly SourceNews[];
  /** Whether every patch said what its record says already, and would whenever it came; asked where nothing else changed. */
  readonly isRepeat: () => boolean;
}

/**
 * Lays the Patient patches of news (already named by source record) over their source records in the workspace.
 * Fails with the message held where one calls somebody else by a number that is in use (G12); the draft then holds
 * the review and nothing else.
 */
export async function applyPatients(ws: Workspace, news: News): Promise<Result<PatientsNews, Held>> {
  const patches = news.patches.filter(({ type }) => type === 'Patient');
  await ws.load(patches.map(({ id }) => id));
  const changed: SourceNews[] = [];
  const same: (() => boolean)[] = [];
  for (const patch of patches) {
    const before = ws.record(patch.id);
    const note = ws.note(patch.id);
    const next = lay(ws, news, patch);
    if (next === undefined) {
      same.push(() => saysItAgain(before, note, patch));
      continue;
    }
    if (before !== undefined && ws.before(patch.id) !== undefined) {
      const held = await otherHolder(ws, before, next);
      if (held !== undefined) return err(held);
    }
    const rematch = before?.state !== next.state || JSON.stringify(before.copy) !== JSON.stringify(next.copy);
    changed.push({ rec: patch.id, rematch });
  }
  return ok({ changed, isRepeat: () => changed.length === 0 && same.every((says) => says()) });
}

/** Whether a patch says of a record only what it says already, whenever it is said. */
function saysItAgain(record: SourceRecord | undefined, note: Note | undefined, patch: ResourcePatch): boolean {
  if (record === undefined || note === undefined) return false;
  if (record.closed !== undefined || record.state === 'deleted') return false;
  return repeatsResource(record.patient, note, patch);
}

/** The record after the patch, set in the workspace; undefined where only the stamps of its elements moved. */
function lay(ws: Workspace, news: News, patch: ResourcePatch): SourceRecord | undefined {
  const stored = ws.record(patch.id);
  // What was deleted comes back by newer news only, and then as if it were new.
  if (stored?.state === 'deleted' && news.at.toISOString() <= stored.lastAt) return undefined;
  const base = stored?.state === 'deleted' ? undefined : stored;
  const note = base === undefined ? undefined : ws.note(patch.id);
  const merged = mergePatch(base?.patient, note, patch, mergeFacts(news, ws));
  if (base !== undefined && !merged.changed) {
    ws.set(base, merged.note);
    return undefined;
  }
  const next = withPatient(base ?? created(ws, news, patch), { news, patch, merged });
  ws.set(next, merged.note);
  return next;
}

function withPatient(
  start: Omit<SourceRecord, 'patient' | 'copy'>,
  by: { readonly news: News; readonly patch: ResourcePatch; readonly merged: Merged },
): SourceRecord {
  const key = start.key ?? by.patch.key;
  return {
    ...start,
    ...keyPart(key),
    patient: by.merged.resource,
    copy: copyOf(by.merged.resource, by.merged.note, key),
    lastAt: later(start.lastAt, by.news.at),
    message: by.news.message,
    messages: messagesIn(start.messages, by.merged.note, by.news),
  };
}

/** Messages whose news still stands in the record. */
function messagesIn(known: SourceRecord['messages'], note: Note, news: News): SourceRecord['messages'] {
  const all: SourceRecord['messages'] = { ...known, [news.sequence]: news.message };
  const standing = [...new Set(stampsOf(note).map((stamp) => String(stamp[1])))];
  return Object.fromEntries(
    standing.flatMap((sequence) => (all[sequence] === undefined ? [] : [[sequence, all[sequence]]])),
  );
}

function created(ws: Workspace, news: News, patch: ResourcePatch): Omit<SourceRecord, 'patient' | 'copy'> {
  return {
    id: patch.id,
    source: news.source,
    state: 'live',
    generation: generationOf(ws, patch),
    firstAt: news.receivedAt.toISOString(),
    lastAt: news.at.toISOString(),
    message: news.message,
    messages: {},
    person: patch.id,
    ...keyPart(patch.key),
  };
}

/** 1, or that of a later holder of the number: its id has the generation in it. */
function generationOf(ws: Workspace, { id, key }: ResourcePatch): number {
  if (key === undefined || sourceId(ws.settings.installation, key) === id) return 1;
  const later = Array.from({ length: HOLDERS }, (_, index) => index + 2);
  return later.find((generation) => sourceId(ws.settings.installation, key, generation) === id) ?? 1;
}

const HOLDERS = 20;

const keyPart = (key: SourceRecord['key']): Pick<SourceRecord, 'key'> => (key === undefined ? {} : { key });

/** A source record that only a directive names: its number and nothing else, until a message tells more. */
export function stubOf(ws: Workspace, id: string, key: NonNullable<SourceRecord['key']>): SourceRecord {
  const at = ws.cause.at.toISOString();
  const patient: FhirResource = {
    resourceType: 'Patient',
    id,
    identifier: [
      {
        ...(key.kind === ''
          ? {}
          : { type: { coding: [{ system: tableSystem(TYPE_SYSTEM, key.kind), code: key.kind }] } }),
        system: namespaceSystem(key.namespace),
        value: key.value,
      },
    ],
  };
  const stamp = [ws.cause.at.getTime(), ws.cause.sequence, ws.cause.source] as const;
  const note = {
    row: [0, 0, ''] as const,
    units: { identifier: [{ unit: `PID-3|${key.namespace}|${key.kind}`, count: 1, stamp }] },
    namespace: key.namespace,
  };
  const record: SourceRecord = {
    id,
    key,
    source: ws.cause.source,
    patient,
    copy: copyOf(patient, note, key),
    state: 'live',
    generation: 1,
    firstAt: ws.cause.received.toISOString(),
    lastAt: at,
    message: ws.cause.id,
    messages: { [ws.cause.sequence]: ws.cause.id },
    person: id,
  };
  ws.set(record, note);
  return record;
}

const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';

function mergeFacts(news: News, ws: Workspace): MergeFacts {
  const { at, sequence, source, replay, patches } = news;
  const again = replay === undefined ? {} : { replay, patches };
  return { at, sequence, source, sources: ws.settings.sources, ...again };
}

const later = (iso: string, at: Date): string => (at.toISOString() > iso ? at.toISOString() : iso);

/** G12: a new version is compared with its predecessor like a pair. */
async function otherHolder(ws: Workspace, before: SourceRecord, next: SourceRecord): Promise<Held | undefined> {
  if (before.state === 'deleted') return undefined;
  const fields = compareCopies(before.copy, next.copy, NOTHING_ELSE);
  const guards = holderGuards(before.copy, next.copy, fields);
  if (guards.length === 0) return undefined;
  const id = reviewId('holder', next.id);
  const { old, open } = await findReview(ws.draft, id);
  // Decided as "renamed"; a new holder would have a record of its own by now.
  if (old?.state === 'decided' && waits(old.held, ws.cause.id)) return undefined;
  await putReview(ws.draft, {
    id,
    kind: 'holder',
    state: 'open',
    subject: next.id,
    candidates: [reviewCandidate(next.copy, before, { guards, fields })],
    decisions: old?.decisions ?? [],
    openedAt: open?.openedAt ?? ws.cause.received.toISOString(),
    message: ws.cause.id,
    held: heldWith(ws, open?.held ?? []),
  });
  const text = 'The message calls another human being by a number that is in use.';
  return { held: problem('identity.other-holder', text, { path: 'PID' }), review: id };
}

type Waiting = NonNullable<Review['held']>;

const waits = (held: Waiting | undefined, message: string): boolean =>
  held?.some((one) => one.message === message) === true;

const NOTHING_ELSE = { accession: false, number: false, hotPhones: new Set<string>() };

function holderGuards(before: MatchCopy, after: MatchCopy, fields: Agreement): readonly Guard[] {
  const [old, now] = [residentIds(before), residentIds(after)];
  if (hasTwoIds(before, after) || (old.length === 1 && now.length > 1)) return ['G1', 'G12'];
  return allConflict(fields) ? ['G12'] : [];
}

function heldWith(ws: Workspace, waiting: Waiting): Waiting {
  if (waits(waiting, ws.cause.id)) return waiting;
  return [...waiting, { message: ws.cause.id, at: ws.cause.at.toISOString() }];
}
