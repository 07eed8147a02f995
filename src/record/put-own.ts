import type { PutOwn } from './contract.ts';
import type { Note } from './note.ts';
import { putVersion, type VersionSettings } from './versions.ts';

/** Source of what the engine and its own users write. */
const DESK = 'DESK';

/**
 * Writes of engine-made resources. They have one author, so they are replaced whole; documents follow with
 * `settleOwn` or with the next message of the person.
 */
export function createPutOwn(versions: VersionSettings): PutOwn {
  return async (draft, { resource, rec, at, cause }) => {
    const note: Note = { row: [at.getTime(), 0, DESK] };
    const now = await draft.store.now();
    return putVersion(draft, versions, { resource, note, now, cause, ...(rec === undefined ? {} : { rec }) });
  };
}
