import type { CollectionName } from '../collections.ts';
import type { Put, Row, Store } from '../port.ts';
import { keyIdsOfDocument } from './document-seal.ts';
import type { Tools } from './document-seal.ts';
import { Envelopes, keyIdOfBytes, keyIdOfText } from './envelope.ts';
import type { SealingKeys } from './key-ring.ts';
import { KeyRing } from './key-ring.ts';
import { openRow, sealContent } from './row-seal.ts';
import { SearchHash } from './search-hash.ts';
import { searchSecret } from './search-secret.ts';

/** How far a walk has come. */
export interface ResealProgress {
  readonly collection: CollectionName;
  /** Rows looked at. */
  readonly seen: number;
  /** Rows that were sealed with an older key and are sealed anew. */
  readonly resealed: number;
}

const PAGE = 200;

/**
 * Walks a collection in pages and seals anew whatever an older key has sealed, next to the running engine: each row is
 * written under an expectation of its rev. A row that somebody else wrote meanwhile bears the current key already.
 * Once it is through for every collection, the older keys can be taken out of the configuration.
 * @param store the driver itself, below the sealing
 */
export async function* reseal(
  store: Store,
  keys: SealingKeys,
  collection: CollectionName,
): AsyncGenerator<ResealProgress> {
  const envelopes = new Envelopes(new KeyRing(keys));
  const tools: Tools = { envelopes, hash: new SearchHash(await searchSecret(store, envelopes)) };
  const old = (row: Row): boolean => [...keyIds(row)].some((id) => id !== keys.current);
  let seen = 0;
  let resealed = 0;
  let after: string | undefined;
  do {
    const page = await store.find(collection, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const row of page.rows.filter(old)) {
      if (await resealRow(store, collection, row, tools)) resealed += 1;
    }
    seen += page.rows.length;
    after = page.next;
    yield { collection, seen, resealed };
  } while (after !== undefined);
}

/** False where somebody else has written or deleted the row. */
async function resealRow(store: Store, collection: CollectionName, row: Row, tools: Tools): Promise<boolean> {
  const content = sealContent(collection, openRow(collection, row, tools), tools);
  const put: Put = { collection, id: row.id, ...content, bodyOnly: true };
  return (await store.commit({ puts: [put], expect: [{ collection, id: row.id, rev: row.rev }] })).ok;
}

function keyIds({ body, note }: Row): ReadonlySet<string> {
  const ids = new Set<string | undefined>(note === undefined ? [] : [keyIdOfText(note)]);
  if (typeof body === 'string') ids.add(keyIdOfText(body));
  else if (body instanceof Uint8Array) ids.add(keyIdOfBytes(body));
  else for (const id of keyIdsOfDocument(body)) ids.add(id);
  ids.delete(undefined);
  return new Set([...ids].filter((id) => id !== undefined));
}
