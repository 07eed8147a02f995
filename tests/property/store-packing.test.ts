import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Body, Row } from '../../src/store/port.ts';
import { DICTIONARIES } from '../../src/store/packing-dictionaries.ts';
import { Envelopes } from '../../src/store/sealing/envelope.ts';
import { KeyRing } from '../../src/store/sealing/key-ring.ts';
import type { SqlValue } from '../../src/store/sqlite/binding.ts';
import { decodeRow, encodeBody, encodeContent } from '../../src/store/sqlite/codec.ts';
import type { Layout } from '../../src/store/sqlite/layout.ts';
import { layoutOf } from '../../src/store/sqlite/layout.ts';
import { testKeys } from '../support/sealing-keys.ts';

/** Body and note as they are read back from the columns that they were written to, and the size of the columns. */
function stored(layout: Layout, body: Body, note: string | undefined): Pick<Row, 'body' | 'note'> & { size: number } {
  const [noteColumn, bodyColumn] = encodeContent(layout, encodeBody(body), note ?? null);
  const row = decodeRow(layout, ['id', 1, bodyColumn, noteColumn, null]);
  const size = sizeOf(noteColumn) + sizeOf(bodyColumn);
  return { body: row.body, ...(row.note === undefined ? {} : { note: row.note }), size };
}

function sizeOf(column: SqlValue): number {
  return column instanceof Uint8Array ? column.length : Buffer.byteLength(String(column ?? ''));
}

const json = fc.json({ maxDepth: 4 }).map((text) => `{"resourceType":"Observation","status":"final","value":${text}}`);
/** Any characters, NUL and everything beyond ASCII among them; long enough, now and then, to be packed. */
const anyText = fc.oneof(
  json,
  fc.array(json).map((parts) => `[${parts.join(',')}]`),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'binary' }).map((text) => `{${text.repeat(20)}`),
);
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.uint8Array()).map(([first, rest]) => {
    const repeated = Buffer.concat(Array<Uint8Array>(10).fill(rest));
    return Buffer.concat([Buffer.of(first), repeated]);
  }),
);

describe('what is stored packed comes back exactly', () => {
  test.each(['resources', 'journal'] as const)('any text and note: %s', (collection) => {
    fc.assert(
      fc.property(anyText, fc.option(anyText, { nil: undefined }), (body, note) => {
        const { size, ...content } = stored(layoutOf(collection), body, note);
        expect(content).toEqual(note === undefined ? { body } : { body, note });
        expect(size).toBeLessThanOrEqual(Buffer.byteLength(body + (note ?? '')) + 2);
      }),
    );
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const { body, size } = stored(layoutOf('messages'), bytes, undefined);
        expect(Buffer.from(body as Uint8Array).equals(bytes)).toBe(true);
        expect(size).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });

  test('any document', () => {
    // Names that look like the driver's own beside plain ones, at every depth.
    const key = fc.oneof(fc.string(), fc.constantFrom('a', '$date', '$$date', '$b'));
    fc.assert(
      fc.property(fc.object({ key, withDate: true, withNullPrototype: false }), (body) => {
        const plain = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
        const document = { ...plain, $date: 'not a date', at: new Date(0) };
        expect(stored(layoutOf('patients'), document, undefined).body).toEqual(document);
      }),
    );
  });
});

test('what is sealed is packed first, and comes back exactly', () => {
  const envelopes = new Envelopes(new KeyRing(testKeys(1)));
  const place = { collection: 'resources', id: 'a', part: 'body' } as const;
  fc.assert(
    fc.property(anyText, anyBytes, (text, bytes) => {
      expect(envelopes.openText(envelopes.sealText(text, place), place)).toBe(text);
      expect(Buffer.from(envelopes.openBytes(envelopes.sealBytes(bytes, place), place)).equals(bytes)).toBe(true);
    }),
  );
  const often = JSON.stringify(Array(50).fill({ system: 'http://loinc.org', code: '718-7' }));
  expect(envelopes.sealText(often, place).length).toBeLessThan(often.length / 4);
});

// Files hold rows that only these bytes can read.
test('dictionaries are never changed, only added', () => {
  const hashes = DICTIONARIES.map((bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16));
  expect(hashes).toEqual(['8022228f04d75666', '6d8f21b9e25d878a', '2ac519ec77e03cb7']);
});
