import type { MatchCopy } from './match-copy.ts';
import type { NumberKey } from './number-kinds.ts';

/** Keys that draw candidates. */
export interface BlockingKeys {
  /** Keys that a record is found by; two records that could match share one of them, so these are its tickets. */
  readonly own: readonly string[];
  /** Keys that it looks for candidates by: own keys of the candidates. */
  readonly search: readonly string[];
}

/** More records than this under one key, and it is no key any more (a ward's phone, a very frequent name). */
export const HOT_KEY = 500;

/**
 * Blocking keys of a copy: `num:` shared number, `idn:` ID number, `tel:` phone (these two prefixes are what sealing
 * replaces by keyed hashes), `pyb:` pinyin with birth date, `py:` pinyin alone. A record without a birth day looks by
 * `py:` for all; one that has it looks by `pyn:` for those without. Both have `py:`, where their tickets meet.
 */
export function blockingKeys(copy: MatchCopy): BlockingKeys {
  const exact = [
    ...copy.numbers.map(numberKey),
    ...copy.ids.map((id) => `idn:${id.type}|${id.value}`),
    ...copy.phones.map((phone) => `tel:${phone}`),
  ];
  const readings = [...new Set(copy.names.flatMap((name) => (name.text.includes('?') ? [] : name.pinyin)))];
  const day = copy.birth?.precision === 'day' ? copy.birth.date : undefined;
  const own = readings.flatMap((py) => [`py:${py}`, day === undefined ? `pyn:${py}` : `pyb:${py}|${day}`]);
  const search = readings.flatMap((py) => (day === undefined ? [`py:${py}`] : [`pyb:${py}|${day}`, `pyn:${py}`]));
  return { own: [...exact, ...own], search: [...exact, ...search] };
}

/** The search key of a number in its domain. */
export function numberKey({ namespace, kind, value }: NumberKey): string {
  return `num:${JSON.stringify([namespace, kind, value])}`;
}
