import { Draft } from '../store/draft.ts';
import type { Store } from '../store/port.ts';
import type { RecordDeps } from './apply.ts';
import { updateDocument } from './document/documents.ts';
import type { ShowSettings } from './identify/contract.ts';
import { refreshRow } from './versions.ts';

/** How far a rebuild is. */
interface RebuildProgress {
  readonly part: 'persons' | 'resources';
  readonly done: number;
  readonly total: number;
  /** Rows that said something else than the record. */
  readonly changed: number;
}

/** Makes derived data again from the record: shown Patients and documents of persons, search keys of resources. */
export type Rebuild = (
  store: Store,
  options: {
    readonly page?: number;
    /** Also writes every resource with fresh search keys: after search parameters changed. */
    readonly searchKeys?: boolean;
    readonly onProgress?: (progress: RebuildProgress) => void;
  },
) => Promise<{ readonly persons: number; readonly resources: number; readonly changed: number }>;

const PAGE = 100;

/**
 * A rebuild in pages, beside running traffic: each row is decided by itself and decided again where somebody else was
 * faster. Documents are made from all resources of the person; what is the same is not written.
 */
export function rebuildPersons(settings: ShowSettings, deps: RecordDeps): Rebuild {
  return async (store, { page = PAGE, searchKeys = false, onProgress = () => undefined }) => {
    const fresh = searchKeys ? { ...settings, rewriteKeys: true } : settings;
    let changed = 0;
    const persons = await eachId(store, 'persons', page, async (id, done, total) => {
      changed += await decide(store, (draft) => person(draft, id, fresh, deps));
      onProgress({ part: 'persons', done, total, changed });
    });
    if (!searchKeys) return { persons, resources: 0, changed };
    const resources = await eachId(store, 'resources', page, async (id, done, total) => {
      changed += await decide(store, (draft) => refreshRow(draft, fresh, id));
      onProgress({ part: 'resources', done, total, changed });
    });
    return { persons, resources, changed };
  };
}

async function person(draft: Draft, id: string, settings: ShowSettings, deps: RecordDeps): Promise<void> {
  const now = await draft.store.now();
  await deps.identity.showPatients(draft, [id], { cause: 'rebuild', now }, settings);
  const work = { person: id, changes: [], peopleChanged: true, whole: true, fresh: false };
  await updateDocument(draft, work, deps.documents, now);
}

/** Decides until nobody else was faster; 1 where something was written. */
async function decide(store: Store, decision: (draft: Draft) => Promise<void>): Promise<number> {
  for (;;) {
    const draft = new Draft(store);
    await decision(draft);
    if (draft.empty) return 0;
    const committed = await draft.commit();
    if (committed.ok) return 1;
  }
}

async function eachId(
  store: Store,
  collection: 'persons' | 'resources',
  limit: number,
  act: (id: string, done: number, total: number) => Promise<void>,
): Promise<number> {
  const total = await store.count(collection, {});
  let done = 0;
  for (let after: string | undefined; ;) {
    const page = await store.find(collection, { limit, ...(after === undefined ? {} : { after }) });
    for (const { id } of page.rows) await act(id, (done += 1), total);
    if (page.next === undefined) return done;
    after = page.next;
  }
}
