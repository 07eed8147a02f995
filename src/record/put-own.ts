import type { Draft } from '../store/draft.ts';
import type { PutOwn } from './contract.ts';
import { updateDocument, type DocumentSettings } from './document/documents.ts';
import { DOCUMENT_TYPES } from './document/sections/index.ts';
import { documentWork } from './document-work.ts';
import type { Note } from './note.ts';
import { personsOf } from './people.ts';
import { putVersion, type VersionSettings } from './versions.ts';

/** Source of what the engine and its own users write. */
const DESK = 'DESK';

/**
 * Writes of engine-made resources: they have one author, so they are replaced whole. The patient document follows in
 * the same draft; events do not, for the engine knows what it did.
 */
export function createPutOwn(versions: VersionSettings, documents: DocumentSettings): PutOwn {
  return async (draft, { resource, rec, at, cause }) => {
    const note: Note = { row: [at.getTime(), 0, DESK] };
    const now = await draft.store.now();
    const change = await putVersion(draft, versions, {
      resource,
      note,
      now,
      cause,
      ...(rec === undefined ? {} : { rec }),
    });
    if (change === undefined || !DOCUMENT_TYPES.includes(change.type)) return change;
    const nothing = { sources: [], persons: [], touched: [], rest: true };
    for (const work of await documentWork(draft, { ...nothing, changes: [change] })) {
      await updateDocument(draft, work, documents, now);
    }
    return change;
  };
}

/** The `followUp` part of persons' documents where enrolments changed, in the draft that changes them. */
export async function refreshDocuments(
  draft: Draft,
  recs: readonly string[],
  documents: DocumentSettings,
): Promise<void> {
  const persons = (await personsOf(draft, recs)).values();
  const now = await draft.store.now();
  const work = { changes: [], peopleChanged: false, whole: false, fresh: false, followUpChanged: true };
  for (const person of new Set(persons)) await updateDocument(draft, { person, ...work }, documents, now);
}
