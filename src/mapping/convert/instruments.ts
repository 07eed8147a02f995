import { CODE_PLACES } from './coded.ts';
import { compact, type Converter } from './converting.ts';
import { systemOf } from './identifiers.ts';
import { refer } from './refer.ts';

/**
 * CWE (ORC-18, where an order was entered) to a reference to a Device: each code is a number of it in its coding system,
 * the first one that of its kind too, each text a name (guide, CWE[Device]).
 */
export const conceptToDevice: Converter = (cell, to) => {
  const numbers = CODE_PLACES.flatMap((at) => {
    const value = cell.part(at);
    if (value === '') return [];
    const name = cell.part(at + 2);
    const own = systemOf(to.namespace(name, 'Device'));
    return [{ system: (name === '' ? undefined : to.codeSystem(name)) ?? own, value }];
  });
  const names = [cell.part(9), ...CODE_PLACES.map((at) => cell.part(at + 1))].filter((name) => name !== '');
  const [display] = names;
  const [first] = numbers;
  const value = first?.value ?? display;
  if (value === undefined) return undefined;
  const elements = compact({
    definition: first === undefined ? undefined : { type: 'DeviceDefinition', identifier: first },
    identifier: numbers,
    deviceName: [...new Set(names)].map((name, index) => ({
      name,
      type: index === 0 ? 'user-friendly-name' : 'other',
    })),
  });
  return refer({ type: 'Device', value, namespace: to.namespace(cell.part(3), 'Device'), display }, elements, to);
};
