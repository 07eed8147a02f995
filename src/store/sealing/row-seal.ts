import type { CollectionName } from '../collections.ts';
import type { Body, Put, Row } from '../port.ts';
import { openDocument, sealDocument } from './document-seal.ts';
import type { Tools } from './document-seal.ts';
import type { Place } from './envelope.ts';

/** A put as it is stored: body and note sealed, keys hashed. */
export function sealPut(put: Put, tools: Tools): Put {
  return {
    ...put,
    ...sealContent(put.collection, put, tools),
    ...(put.keys === undefined ? {} : { keys: put.keys.map((key) => tools.hash.sealKey(key)) }),
    ...(put.ordered === undefined ? {} : { ordered: put.ordered.map((key) => tools.hash.sealOrdered(key)) }),
  };
}

/** What `sealContent` and `openRow` work on. */
type Content = Pick<Row, 'id' | 'body' | 'note'>;

/** Body and note, sealed with the current key. */
export function sealContent(collection: CollectionName, row: Content, tools: Tools): Pick<Row, 'body' | 'note'> {
  const place: Place = { collection, id: row.id, part: 'body' };
  return {
    body: sealBody(row.body, place, tools),
    ...(row.note === undefined ? {} : { note: tools.envelopes.sealText(row.note, { ...place, part: 'note' }) }),
  };
}

function sealBody(body: Body, place: Place, tools: Tools): Body {
  if (typeof body === 'string') return tools.envelopes.sealText(body, place);
  return body instanceof Uint8Array ? tools.envelopes.sealBytes(body, place) : sealDocument(body, place, tools);
}

/** A row as it was written. */
export function openRow(collection: CollectionName, row: Row, { envelopes }: Tools): Row {
  const place: Place = { collection, id: row.id, part: 'body' };
  const note = row.note === undefined ? {} : { note: envelopes.openText(row.note, { ...place, part: 'note' }) };
  return { ...row, ...note, body: openBody(row.body, place, envelopes) };
}

function openBody(body: Body, place: Place, envelopes: Tools['envelopes']): Body {
  if (typeof body === 'string') return envelopes.openText(body, place);
  return body instanceof Uint8Array ? envelopes.openBytes(body, place) : openDocument(body, place, envelopes);
}
