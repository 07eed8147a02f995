import { hash } from 'node:crypto';

import { isObject } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';
import type { ExtractSearchKeys } from '../fhir/search-keys.ts';
import type { Draft } from '../store/draft.ts';
import type { Put, Row } from '../store/port.ts';
import type { ResourceChange } from './contract.ts';
import { resourceText, sameJson } from './json.ts';
import { findMembers, subjectId } from './member-references.ts';
import { contentOf } from './merge-patch.ts';
import { writeNote, type Note } from './note.ts';
import { noteOf, rememberNote, rememberResource, resourceOf } from './row-values.ts';
import { valueOf } from './value-of.ts';

/** Joins the parts of a search key. */
const SEPARATOR = '\u0001';

/** What writing a version needs beside the draft. */
export interface VersionSettings {
  /** IANA zone of times without one. */
  readonly zone: string;
  /** The compiled key extractor of a type. */
  readonly extractor: (type: string) => ExtractSearchKeys;
  /** Rebuild: rows are written with fresh keys even where their content is the same. */
  readonly rewriteKeys?: boolean;
}

/** A resource as it is to be shown from now on. */
export interface Version {
  /** `meta.versionId`, `lastUpdated` and `source` in it are ignored. */
  readonly resource: FhirResource;
  /** Who set what; absent for derived and engine-made resources. */
  readonly note?: Note;
  /** The store's time: becomes `meta.lastUpdated`. */
  readonly now: Date;
  /** Message that caused it: `meta.source` becomes `urn:jingluo:message:<cause>`. */
  readonly cause: string;
  /** Further resources whose search keys lead to this one (the members' Patients to the lead's). */
  readonly searchAs?: readonly FhirResource[];
  /** False: never found by a search of its type, only read by id (a Patient that is shown through its lead). */
  readonly listed?: boolean;
  /** Compartment where the resource names no patient itself (a Task without `for`). */
  readonly rec?: string;
}

/** Id of the row of a resource. */
export const rowId = (type: string, id: string): string => `${type}/${id}`;

/** `meta.source` of what a message or action caused. */
const causeUri = (cause: string): string => `urn:jingluo:message:${cause}`;

/** Exact key of the resources of one type in a source record's compartment. */
export const compartmentKey = (rec: string, type: string): string => ['@', rec, type].join(SEPARATOR);

/** Exact key of the current resources whose last version a message wrote. */
export const causeKey = (cause: string): string => ['@source', cause].join(SEPARATOR);

/** A deleted resource keeps its row, so that its id answers 410; its field `type` is `-Type`. */
export function isDeleted(row: Row): boolean {
  const { type } = row.fields;
  return typeof type === 'string' && type.startsWith('-');
}

/** The number of the version that a row holds. */
export function versionOf(row: Row): number {
  const { version } = row.fields;
  return typeof version === 'number' ? version : 0;
}

/**
 * Puts a version of a resource into the draft: the superseded one goes to `history`, keys and the positions of member
 * references are written with the row. Unchanged content makes no version and returns undefined; where only the
 * foreign search keys differ, the row is rewritten under the same version.
 * The field `type` of the row is `Type`, `-Type` when deleted, `~Type` when not listed.
 */
export async function putVersion(
  draft: Draft,
  settings: VersionSettings,
  version: Version,
): Promise<ResourceChange | undefined> {
  const type = version.resource.resourceType;
  const id = idOf(version.resource);
  const old = await draft.get('resources', rowId(type, id));
  const foreign = foreignKeys(settings, version);
  if (old === undefined) {
    const after = withMeta(version, 1);
    putRow(draft, settings, version, { number: 1, at: version.now, after, values: 1, foreign });
    return { type, id, ...recOf(after, version), after, version: 1, values: 1 };
  }
  const before = isDeleted(old) ? undefined : resourceOf(old);
  if (before !== undefined && sameJson(contentOf(before), contentOf(version.resource))) {
    refreshKeys(draft, settings, { version, old, before, foreign });
    return undefined;
  }
  draft.put(historyPut(old));
  const number = versionOf(old) + 1;
  const after = withMeta(version, number);
  const sameValue = before !== undefined && sameJson(valueOf(before), valueOf(after));
  const values = (noteOf(old).values ?? 1) + (sameValue ? 0 : 1);
  putRow(draft, settings, version, { number, at: version.now, after, values, foreign });
  return {
    type,
    id,
    ...recOf(after, version),
    ...(before === undefined ? {} : { before }),
    after,
    version: number,
    values,
  };
}

/** The same content found by other keys is the same version. */
function refreshKeys(
  draft: Draft,
  settings: VersionSettings,
  row: { readonly version: Version; readonly old: Row; readonly before: FhirResource; readonly foreign: Foreign },
): void {
  const { version, old, before, foreign } = row;
  const note = noteOf(old);
  const same = note.keys === foreign.hash && listedAs(old) === (version.listed !== false);
  if (same && settings.rewriteKeys !== true) return;
  putRow(draft, settings, version, { ...shownIn(old), after: before, values: note.values ?? 1, foreign });
}

/** Writes a current row with fresh search keys, as the same version; Patients get theirs when they are shown. */
export async function refreshRow(draft: Draft, settings: VersionSettings, id: string): Promise<void> {
  const row = await draft.get('resources', id);
  if (row === undefined || isDeleted(row) || id.startsWith('Patient/')) return;
  const after = resourceOf(row);
  const note = noteOf(row);
  const { meta } = after as { meta?: { source?: unknown } };
  const cause = String(meta?.source).slice(causeUri('').length);
  const version = { resource: after, note, cause, now: new Date(note.row[0]) };
  putRow(draft, settings, version, { ...shownIn(row), after, values: note.values ?? 1, foreign: NONE });
}

/** Replaces a resource by a tombstone; undefined where there is none to delete. */
export async function deleteVersion(
  draft: Draft,
  gone: {
    readonly type: string;
    readonly id: string;
    readonly now: Date;
    readonly cause: string;
    readonly note?: Note;
  },
): Promise<ResourceChange | undefined> {
  const { type, id, now, cause } = gone;
  const old = await draft.get('resources', rowId(type, id));
  if (old === undefined || isDeleted(old)) return undefined;
  const before = resourceOf(old);
  const number = versionOf(old) + 1;
  const oldNote = noteOf(old);
  const values = (oldNote.values ?? 1) + 1;
  draft.put(historyPut(old));
  draft.put({
    collection: 'resources',
    id: rowId(type, id),
    body: resourceText({ resourceType: type, id, meta: metaOf(number, { now, cause }) }),
    note: writeNote({ ...(gone.note ?? { row: oldNote.row }), values, deleted: true }),
    fields: { type: `-${type}`, lastUpdated: now, version: number },
  });
  const rec = subjectId(before);
  return { type, id, ...(rec === undefined ? {} : { rec }), before, version: number };
}

const listedAs = (row: Row): boolean => !String(row.fields['type']).startsWith('~');

const idOf = (resource: FhirResource): string => {
  const { id } = resource as { id?: unknown };
  return typeof id === 'string' ? id : '';
};

function metaOf(number: number, by: { readonly now: Date; readonly cause: string }): Record<string, unknown> {
  return { versionId: String(number), lastUpdated: by.now.toISOString(), source: causeUri(by.cause) };
}

/** The version as it is shown: what the server sets in `meta` comes first there, and `meta` before the elements. */
function withMeta(version: Version, number: number): FhirResource {
  const { resource } = version;
  const { resourceType, meta } = contentOf(resource) as FhirResource & { readonly meta?: unknown };
  const shown: Record<string, unknown> & { readonly resourceType: string } = {
    resourceType,
    id: idOf(resource),
    meta: metaOf(number, version),
  };
  if (isObject(meta)) shown['meta'] = { ...metaOf(number, version), ...meta };
  for (const name in resource) if (!FIRST.has(name)) shown[name] = resource[name];
  return shown;
}

const FIRST: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

function recOf(resource: FhirResource, version: Version): { rec?: string } {
  const rec = resource.resourceType === 'Patient' ? idOf(resource) : (subjectId(resource) ?? version.rec);
  return rec === undefined ? {} : { rec };
}

function historyPut(old: Row): Put {
  const { type, lastUpdated, version } = old.fields;
  return {
    collection: 'history',
    id: `${old.id}/${versionOf(old)}`,
    body: old.body,
    fields: {
      of: old.id,
      ...(type === undefined ? {} : { type: String(type).replace(/^~/, '') }),
      ...(lastUpdated === undefined ? {} : { lastUpdated }),
      ...(version === undefined ? {} : { version }),
    },
  };
}

interface Foreign {
  readonly hash?: string;
  readonly keys: readonly string[];
  readonly ordered: readonly string[];
}

const NONE: Foreign = { keys: [], ordered: [] };

function foreignKeys(settings: VersionSettings, version: Version): Foreign {
  if (version.searchAs === undefined || version.searchAs.length === 0) return NONE;
  const all = version.searchAs.map((as) => settings.extractor(as.resourceType)(as, settings.zone));
  const keys = [...new Set(all.flatMap((one) => one.keys))].sort();
  const ordered = [...new Set(all.flatMap((one) => one.ordered))].sort();
  return {
    keys,
    ordered,
    hash: hash('sha1', JSON.stringify([keys, ordered]), 'base64'),
  };
}

/** A row as it is to be written. */
interface Shown extends Stand {
  readonly after: FhirResource;
  readonly values: number;
  readonly foreign: Foreign;
}

/** Number and time of a version. */
interface Stand {
  readonly number: number;
  readonly at: Date;
}

function shownIn(row: Row): Stand {
  const { lastUpdated } = row.fields;
  return { number: versionOf(row), at: lastUpdated instanceof Date ? lastUpdated : new Date(NaN) };
}

function putRow(draft: Draft, settings: VersionSettings, version: Version, shown: Shown): void {
  const { number, at, after, values, foreign } = shown;
  const type = after.resourceType;
  const body = resourceText(after);
  const members = findMembers(type, body);
  const found = settings.extractor(type)(after, settings.zone);
  const listed = version.listed !== false;
  const note: Note = {
    ...(version.note ?? { row: [version.now.getTime(), 0, ''] }),
    values,
    members,
    ...foreignPart(foreign),
  };
  const row = draft.put({
    collection: 'resources',
    id: rowId(type, idOf(after)),
    body,
    note: writeNote(note),
    keys: [
      ...(listed ? union(found.keys, foreign.keys) : []),
      ...compartmentsOf(
        after,
        version,
        members.map(([start, length]) => body.slice(start, start + length)),
      ),
      causeKey(version.cause),
    ],
    ordered: listed ? union(found.ordered, foreign.ordered) : [],
    fields: { ...(listed ? found.ranges : {}), type: listed ? type : `~${type}`, lastUpdated: at, version: number },
  });
  rememberResource(row, after);
  rememberNote(row, note);
}

/** Compartments that a resource is in: a Patient's own, else those of the patients that it names. */
function compartmentsOf(resource: FhirResource, version: Version, members: readonly string[]): readonly string[] {
  const type = resource.resourceType;
  if (type === 'Patient') return [compartmentKey(idOf(resource), type)];
  const recs = members.length === 0 && version.rec !== undefined ? [version.rec] : new Set(members);
  return Array.from(recs, (rec) => compartmentKey(rec, type));
}

const foreignPart = ({ hash }: Foreign): { readonly keys?: string } => (hash === undefined ? {} : { keys: hash });

const union = (own: readonly string[], more: readonly string[]): readonly string[] =>
  more.length === 0 ? own : [...new Set([...own, ...more])];
