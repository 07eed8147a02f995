const SPELLINGS: Readonly<Record<string, string>> = {
  s: 's sec secs second seconds 秒',
  min: 'min mins m minute minutes 分 分钟',
  h: 'h hr hrs hour hours 小时 时',
  d: 'd day days 天 日',
  wk: 'w wk week weeks 周 星期',
  mo: 'mo mon month months l 月 个月',
  a: 'a y yr year years 年',
};

const units = new Map(
  Object.entries(SPELLINGS).flatMap(([code, words]) => words.split(' ').map((word): [string, string] => [word, code])),
);

/** The UCUM code (FHIR units-of-time) of a unit of time as senders write it: `MIN`, `hours`, `天`; undefined for any other. */
export const timeUnit = (text: string): string | undefined => units.get(text.trim().toLowerCase());

const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, min: 1, h: 60, d: 1440, wk: 10080 };

/** A hundred years. */
const LONGEST = 52_596_000;

/** So many of a unit of time in whole minutes; undefined where it is no number or no unit of a fixed length. */
export function minutesOf(value: string, unit: string): number | undefined {
  const factor = MINUTES[timeUnit(unit) ?? ''];
  const minutes = factor === undefined || value === '' ? Number.NaN : Math.round(Number(value) * factor);
  return minutes >= 0 && minutes <= LONGEST ? minutes : undefined;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/u;

/** Adds minutes to an instant and keeps its offset from UTC; anything else stays as it is. */
export function later(instant: string, minutes: number): string {
  const [, clock, , offset] = INSTANT.exec(instant) ?? [];
  if (clock === undefined || offset === undefined) return instant;
  return new Date(Date.parse(`${clock}Z`) + minutes * 60_000).toISOString().slice(0, 19) + offset;
}
