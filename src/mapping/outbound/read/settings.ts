import { entriesOf, textAt, type Node } from '../../source/node.ts';
import type { OutboundSettings } from '../contract.ts';

/** Settings out of a `header:`; its shape has been checked. */
export function readSettings(node: Node | undefined): OutboundSettings {
  const found = Object.fromEntries(
    entriesOf(node).flatMap(({ key, value }): readonly (readonly [string, unknown])[] => {
      if (key === 'authorities') {
        return [[key, Object.fromEntries(entriesOf(value).map((one) => [one.key, textAt(one.value) ?? '']))]];
      }
      return [[key, textAt(value) ?? '']];
    }),
  );
  return found satisfies OutboundSettings;
}
