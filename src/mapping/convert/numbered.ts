import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { authorityOf, systemOf } from './identifiers.ts';

interface Numbered {
  readonly type: string;
  /** In which domain of the source the number is looked for where it names no authority. */
  readonly kind: string;
}

/** A reference to something of which only a number is known: the EI at these components of a cell. */
function refer({ type, kind }: Numbered, parts: readonly string[], to: Converting): unknown {
  const [value = '', name = '', id = '', idType = ''] = parts;
  if (value === '') return undefined;
  const namespace = to.namespace(authorityOf(name, id), kind);
  const identifier = compact({ system: systemOf(namespace, id, idType), value });
  const key = { namespace, kind: type, value };
  return { reference: to.stub({ type, key, elements: { identifier: [identifier] } }) };
}

const inPair = (cell: Cell, at: number): readonly string[] => [1, 2, 3, 4].map((n) => cell.part(at, n));

/** EI (an instrument) to a reference to a Device, known by that number. */
export const toDevice: Converter = (cell, to) =>
  refer(
    { type: 'Device', kind: 'Device' },
    [1, 2, 3, 4].map((n) => cell.part(n)),
    to,
  );

/** EIP to a reference to a Specimen by its filler number, else its placer number: the one that keys it as SPM-2. */
export const toSpecimen: Converter = (cell, to) =>
  refer({ type: 'Specimen', kind: 'FILL' }, inPair(cell, cell.part(2, 1) === '' ? 1 : 2), to);
