import type { Cell } from '../run/cell.ts';
import type { Converter } from './converting.ts';

const whole = (cell: Cell): string =>
  [cell.part(1), cell.part(2), cell.part(3)].filter((text) => text !== '').join('^');

/** MSG to Coding: the trigger event, with the whole of MSH-9 to show (guide, MSG[Coding]). */
export const eventToCoding: Converter = (cell) => {
  const code = cell.part(2) || cell.part(1);
  return code === '' ? undefined : { system: EVENTS, code, display: whole(cell) };
};

/** MSG as it is written: `ADT^A01^ADT_A01`. */
export const eventToText: Converter = (cell) => whole(cell) || undefined;

const EVENTS = 'http://terminology.hl7.org/CodeSystem/v2-0003';
