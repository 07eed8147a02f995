import { problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ElementNews, FhirResource, ResourcePatch } from '../fhir/patch.ts';
import type { Row } from '../store/port.ts';
import { newsStamp, type ApplyContext } from './apply-context.ts';
import type { Held, News, ResourceChange } from './contract.ts';
import { memberIds, subjectId } from './member-references.ts';
import { mergePatch } from './merge-patch.ts';
import type { Note } from './note.ts';
import { isRepeated } from './repeated.ts';
import { rewriteReferences } from './rewrite-references.ts';
import { noteOf, resourceOf } from './row-values.ts';
import { samePerson } from './same-person.ts';
import { deleteVersion, isDeleted, putVersion, rowId } from './versions.ts';

/** A stored resource with who set what; `resource` is absent where it was deleted. */
interface Stored {
  readonly resource?: FhirResource;
  readonly note: Note;
}

/** What the patches of a message did. */
interface AppliedResources {
  readonly changes: readonly ResourceChange[];
  /** Every patch said what the record held already. */
  readonly isRepeat: boolean;
}

/**
 * Lays every patch of a message but those of Patients over the record, one version per resource that changed.
 * Subjects are source records already. Held (`record.patient-changed`) where an existing resource would go to another
 * person; a subject of the same person keeps the stored source record (DESIGN section 3).
 * @param moved resources that A44/A45 or A43 gave to another source record in this message, by `Type/id`
 */
export async function applyResources(
  context: ApplyContext,
  moved: ReadonlyMap<string, string>,
): Promise<Result<AppliedResources, Held>> {
  const groups = groupById(context.news.patches);
  const rows = await context.draft.getMany('resources', [...groups.keys()]);
  const changes: ResourceChange[] = [];
  let isRepeat = true;
  for (const [index, patches] of [...groups.values()].entries()) {
    const row = rows[index];
    if (row !== undefined && saysNothingNew(context.news, row, patches)) continue;
    isRepeat = false;
    const done = await applyOne(context, patches, { row, moved });
    if (!done.ok) return done;
    if (done.value !== undefined) changes.push(done.value);
  }
  return ok({ changes, isRepeat });
}

/** Deletes what a client asked for; Patients are the matter of identification. */
export async function applyDeletes(context: ApplyContext): Promise<readonly ResourceChange[]> {
  const { draft, news } = context;
  const changes: ResourceChange[] = [];
  for (const { type, id } of news.deletes ?? []) {
    if (type === 'Patient') continue;
    const note = { row: newsStamp(news) };
    const change = await deleteVersion(draft, { type, id, note, cause: news.message, now: await context.now() });
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function groupById(patches: readonly ResourcePatch[]): Map<string, ResourcePatch[]> {
  const groups = new Map<string, ResourcePatch[]>();
  for (const patch of patches) {
    if (patch.type === 'Patient') continue;
    const id = rowId(patch.type, patch.id);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [patch]);
    else group.push(patch);
  }
  return groups;
}

async function applyOne(
  context: ApplyContext,
  patches: readonly ResourcePatch[],
  where: { readonly row: Row | undefined; readonly moved: ReadonlyMap<string, string> },
): Promise<Result<ResourceChange | undefined, Held>> {
  const { draft, news, versions } = context;
  const stored = where.row === undefined ? undefined : readStored(where.row);
  if (stored !== undefined && isOverByDeletion(news, stored)) return ok(undefined);
  const merged = await mergeAll(context, patches, { stored, moved: where.moved });
  if (!merged.ok) return merged;
  const { resource, note } = merged.value;
  if (resource === undefined || merged.value === stored) return ok(undefined);
  return ok(await putVersion(draft, versions, { resource, note, cause: news.message, now: await context.now() }));
}

/** A replay takes back what the message no longer says, so its patches are laid over what is there in any case. */
function saysNothingNew(news: News, row: Row, patches: readonly ResourcePatch[]): boolean {
  return news.replay !== true && !isDeleted(row) && isRepeated(row, patches);
}

/** Every patch of one resource; the stored state itself where none changes anything. */
async function mergeAll(
  context: ApplyContext,
  patches: readonly ResourcePatch[],
  start: { readonly stored: Stored | undefined; readonly moved: ReadonlyMap<string, string> },
): Promise<Result<Stored, Held>> {
  let state = start.stored;
  for (const patch of patches) {
    const mine = await keepSubject(context, patch, state?.resource, start.moved);
    if (mine === undefined) return err(patientChanged(patch));
    const merged = mergePatch(state?.resource, state?.note, mine, context.facts);
    if (merged.changed || state === undefined) state = merged;
  }
  return ok(state ?? { note: { row: newsStamp(context.news) } });
}

/** A deleted resource comes back only by news that is newer than its deletion. */
function isOverByDeletion(news: News, stored: Stored): boolean {
  return stored.resource === undefined && isOlder(news.at, news.sequence, stored.note);
}

function readStored(row: Row): Stored {
  const note = noteOf(row);
  return isDeleted(row) ? { note } : { note, resource: resourceOf(row) };
}

function isOlder(at: Date, sequence: number, note: Note): boolean {
  const [time, number] = note.row;
  return at.getTime() < time || (at.getTime() === time && sequence < number);
}

/** The patch with its subject as the stored resource has it; undefined where it names another person. */
async function keepSubject(
  context: ApplyContext,
  patch: ResourcePatch,
  stored: FhirResource | undefined,
  moved: ReadonlyMap<string, string>,
): Promise<ResourcePatch | undefined> {
  const owner = stored === undefined ? undefined : subjectId(stored);
  if (owner === undefined) return patch;
  const named = memberIds(valuesOf(patch));
  const [first] = named;
  if (first === undefined || named.includes(owner) || moved.get(rowId(patch.type, patch.id)) === first) return patch;
  if (!(await samePerson(context.draft, owner, first))) return undefined;
  return withSubject(patch, new Map([[`Patient/${first}`, `Patient/${owner}`]]));
}

/** The values that a patch sets, in the form of a resource. */
function valuesOf(patch: ResourcePatch): FhirResource {
  const entries = Object.entries(patch.elements).map(([name, news]) => [name, newsValue(news)] as const);
  return { ...Object.fromEntries(entries), resourceType: patch.type };
}

function newsValue(news: ElementNews): unknown {
  if (news.kind === 'value') return news.value;
  return news.kind === 'entries' ? Object.values(news.units) : undefined;
}

function withSubject(patch: ResourcePatch, to: ReadonlyMap<string, string>): ResourcePatch {
  const elements = Object.entries(patch.elements).map(([name, news]) => [name, rewriteNews(news, to)] as const);
  return { ...patch, elements: Object.fromEntries(elements) };
}

function rewriteNews(news: ElementNews, to: ReadonlyMap<string, string>): ElementNews {
  if (news.kind === 'value') return { ...news, value: rewriteReferences(news.value, to) };
  if (news.kind === 'delete') return news;
  const units = Object.entries(news.units).map(
    ([unit, list]) => [unit, list.map((e) => rewriteReferences(e, to))] as const,
  );
  return { kind: 'entries', units: Object.fromEntries(units) };
}

function patientChanged(patch: ResourcePatch): Held {
  const where = rowId(patch.type, patch.id);
  return {
    held: problem('record.patient-changed', `${where} belongs to another person than the message says.`, {
      path: where,
    }),
  };
}
