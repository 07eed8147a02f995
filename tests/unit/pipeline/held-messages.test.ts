import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { HeldMessages } from '../../../src/pipeline/held-messages.ts';

test('never holds more bytes than it may, and what was let go makes room again', () => {
  const step = fc.record({
    kind: fc.constantFrom('keep', 'take', 'clear'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    size: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held = new HeldMessages(100);
      const model = new Map<string, number>();
      const taken: (readonly [number | undefined, number | undefined])[] = [];
      const used = (): number => [...model.values()].reduce((sum, size) => sum + size, 0);
      for (const { kind, id, size } of steps) {
        if (kind === 'keep') {
          if (!model.has(id) && used() + size <= 100) model.set(id, size);
          held.keep(id, { bytes: new Uint8Array(size) });
        } else if (kind === 'take') {
          taken.push([held.take(id)?.bytes.length, model.get(id)]);
          model.delete(id);
        } else {
          held.clear();
          model.clear();
        }
      }
      for (const [id, size] of model) taken.push([held.take(id)?.bytes.length, size]);
      expect(taken.map(([found]) => found)).toEqual(taken.map(([, wanted]) => wanted));
    }),
  );
});
