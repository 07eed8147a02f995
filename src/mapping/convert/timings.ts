import { tableSystem } from '../../fhir/v2-tables.ts';
import { HL7_NULL } from '../../hl7/message.ts';
import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { parseNumber } from './quantities.ts';
import { later, minutesOf, timeUnit } from './time-units.ts';
import { isReversed, orderedPeriod, toDateTime, toTime } from './times.ts';

/** What says when something is to happen (TQ1); the pattern may be an RPT, a whole TQ, or a code. */
export interface TimingCells {
  readonly pattern?: Cell | undefined;
  readonly at: readonly Cell[];
  readonly offset?: Cell | undefined;
  readonly bounds?: Cell | undefined;
  readonly start?: Cell | undefined;
  readonly end?: Cell | undefined;
  /** How long it lasts from its start on, and what notes that this was used. */
  readonly lasts?: { readonly minutes: number | undefined; readonly use: () => void };
  readonly duration?: Cell | undefined;
  readonly count?: Cell | undefined;
}

/** A Timing while it is made, with the cells that went into it. */
interface Draft {
  code: unknown;
  readonly repeat: Record<string, unknown>;
  readonly cells: Set<Cell>;
  readonly to: Converting;
}

/** A made Timing. */
export interface MadeTiming {
  readonly value: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

const GTS = 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation';
const PATTERNS = 'http://terminology.hl7.org/CodeSystem/v2-0335';
const ABBREVIATIONS = new Set('BID TID QID AM PM QD QOD Q1H Q2H Q3H Q4H Q6H Q8H BED WK MO'.split(' '));
const TABLE_0335 = /^(?:Q\d+[SMHDWL]|Q\d*J\d+|\dID|QAM|QPM|QHS|QSHIFT|C|PRN\w*|Once)$/u;
const EVENTS = new Set('HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV'.split(' '));
/** Meals themselves: there is no time before or after them (tim-9). */
const MEALS = new Set(['C', 'CM', 'CD', 'CV']);
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Largest positiveInt. */
const LARGEST = 2_147_483_647;
const NO_COMPONENTS: readonly Cell[] = [];

function patternSystem(code: string): string | undefined {
  if (ABBREVIATIONS.has(code)) return GTS;
  return TABLE_0335.test(code) ? PATTERNS : undefined;
}

function setCode(code: string, display: string, systemName: string, draft: Draft): void {
  if (code === '' && display === '') return;
  const named = systemName === '' ? undefined : draft.to.codeSystem(systemName);
  const system = named ?? patternSystem(code);
  // Table 0335 has patterns (`Q<integer>H`), not every code that is made by them.
  const coding = compact({ system: system === undefined ? undefined : tableSystem(system, code), code, display });
  draft.code = compact({ coding: code === '' ? undefined : [coding], text: code === '' ? display : '' });
}

/** A number that has no comparator. */
function plainNumber(text: string): unknown {
  const number = parseNumber(text);
  return number?.comparator === undefined ? number?.value : undefined;
}

/** `every 6 h` of RPT-5 and RPT-6; a period without a known unit is not one. */
function setPeriod(cell: Cell, draft: Draft): void {
  const period = plainNumber(cell.peek(5));
  const periodUnit = timeUnit(cell.peek(6));
  if (period === undefined || periodUnit === undefined) return;
  Object.assign(draft.repeat, { period, periodUnit });
  read(cell, [5, 6]);
}

function read(cell: Cell, components: readonly number[]): void {
  for (const component of components) cell.part(component);
}

/** Days of the week, RPT-2 `DW` from RPT-3 to RPT-4 (Monday is 1). */
function setDays(cell: Cell, draft: Draft): void {
  if (cell.peek(2) !== 'DW') return;
  const first = Number(cell.peek(3));
  const last = Number(cell.peek(4) === '' ? cell.peek(3) : cell.peek(4));
  const days = DAYS.filter((_, index) =>
    first <= last ? index + 1 >= first && index + 1 <= last : index + 1 >= first || index + 1 <= last,
  );
  if (!(first >= 1 && first <= 7 && last >= 1 && last <= 7)) return;
  draft.repeat['dayOfWeek'] = days;
  read(cell, [2, 3, 4]);
}

/** The event that it hangs on (RPT-8) and how far from it (RPT-9, RPT-10, else TQ1-5), in minutes. */
function setEvent(cell: Cell, offset: Cell | undefined, draft: Draft): void {
  const when = cell.peek(8);
  if (!EVENTS.has(when)) return;
  draft.repeat['when'] = [when];
  read(cell, [8]);
  if (MEALS.has(when)) return;
  const own = minutesOf(cell.peek(9), cell.peek(10));
  const other = own !== undefined || offset === undefined ? undefined : minutesOf(offset.peek(1), offset.peek(2));
  if (own !== undefined) read(cell, [9, 10]);
  if (other !== undefined) use(offset, draft);
  if (own !== undefined || other !== undefined) draft.repeat['offset'] = own ?? other;
}

function use(cell: Cell | undefined, draft: Draft): void {
  if (cell === undefined) return;
  read(cell, [1, 2]);
  draft.cells.add(cell);
}

function setRepeatPattern(cell: Cell, { offset }: TimingCells, draft: Draft): void {
  setCode(cell.part(1, 1), cell.part(1, 2), cell.part(1, 3), draft);
  setPeriod(cell, draft);
  setDays(cell, draft);
  setEvent(cell, offset, draft);
}

const TIME = /^([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d))?$/u;

/** Times of day of an interval in a TQ: `0800,1400`. */
function setClockTimes(cell: Cell, draft: Draft): void {
  const times = clockTimes(cell.peek(2, 2));
  if (times === undefined) return;
  draft.repeat['timeOfDay'] = times;
  cell.part(2, 2);
}

/** `0800,1400` as times; undefined where it is anything else. */
function clockTimes(text: string): readonly string[] | undefined {
  const times = text.split(',').map((one) => TIME.exec(one.trim()));
  if (times.includes(null)) return undefined;
  return times.map((time) => `${time?.[1]}:${time?.[2]}:${time?.[3] ?? '00'}`);
}

/** TQ-3: `D5`, `M30`; the unit stands first. */
const LENGTH = /^([SMHDWL])(\d+)$/u;

function duration(value: unknown, code: string | undefined): unknown {
  if (value === undefined || code === undefined) return undefined;
  return { value, unit: code, system: 'http://unitsofmeasure.org', code };
}

/** Parts of a TQ (withdrawn in v2.6) as those of a TQ1. */
function setQuantityTiming(cell: Cell, draft: Draft): TimingCells {
  setCode(cell.part(2, 1), '', '', draft);
  setClockTimes(cell, draft);
  const part = (component: number, type: string): Cell | undefined =>
    cell.peek(component) === '' ? undefined : cell.at(component, type);
  return { at: NO_COMPONENTS, ...setLength(cell, part, draft), count: part(12, 'NM') };
}

/** From when to when, or for how long: what begins at a time and lasts so long has an end. */
function setLength(
  cell: Cell,
  part: (component: number, type: string) => Cell | undefined,
  draft: Draft,
): Pick<TimingCells, 'start' | 'end' | 'lasts'> {
  const [start, end] = [part(4, 'DTM'), part(5, 'DTM')];
  const [, unit = '', number = ''] = LENGTH.exec(cell.peek(3).trim()) ?? [];
  if (unit === '' || end !== undefined) return { start, end };
  if (start !== undefined) return { start, lasts: { minutes: minutesOf(number, unit), use: () => cell.part(3) } };
  const bounds = duration(Number(number), timeUnit(unit));
  if (bounds !== undefined) {
    draft.repeat['boundsDuration'] = bounds;
    cell.part(3);
  }
  return {};
}

type Period = Readonly<Record<string, unknown>> | undefined;

function boundsOf({ start, end, bounds, lasts }: TimingCells, draft: Draft): Period {
  const period = periodOf(start, end, draft);
  if (period === undefined || end !== undefined) return period;
  const minutes = bounds === undefined ? lasts?.minutes : minutesOf(bounds.peek(1), bounds.peek(2));
  const until = endOf(period['start'], minutes);
  if (until === undefined) return period;
  if (bounds === undefined) lasts?.use();
  use(bounds, draft);
  return { ...period, end: until };
}

function periodOf(start: Cell | undefined, end: Cell | undefined, draft: Draft): Period {
  const { to, cells } = draft;
  const from = start === undefined ? undefined : toDateTime(start, to);
  const until = end === undefined ? undefined : toDateTime(end, to);
  if (start !== undefined && from !== undefined) cells.add(start);
  if (end === undefined || until === undefined) return compact({ start: from });
  if (typeof from === 'string' && typeof until === 'string') {
    if (isReversed(from, until)) {
      to.invalid(end, 'an end that is not before the start');
      return { start: from };
    }
    cells.add(end);
    return orderedPeriod(from, until);
  }
  cells.add(end);
  return compact({ start: from, end: until });
}

/** The end of what begins at a time and lasts so long, where both are known well enough. */
function endOf(start: unknown, minutes: number | undefined): string | undefined {
  if (minutes === undefined || typeof start !== 'string') return undefined;
  if (start.length > DAY) return later(start, minutes);
  if (start.length < DAY || minutes === 0 || minutes % MINUTES_OF_DAY !== 0) return undefined;
  // A day as the end of a Period is all of that day (R4 datatypes.html#Period).
  return new Date(Date.parse(start) + (minutes - MINUTES_OF_DAY) * 60_000).toISOString().slice(0, DAY);
}

const MINUTES_OF_DAY = 1440;
/** Length of `2026-11-21`. */
const DAY = 10;

/** From when to when (TQ1-7, TQ1-8), or for how long (TQ1-6). */
function setBounds(cells: TimingCells, draft: Draft): void {
  const period = boundsOf(cells, draft);
  if (period !== undefined) {
    delete draft.repeat['boundsDuration'];
    draft.repeat['boundsPeriod'] = period;
    return;
  }
  const { bounds } = cells;
  const length = bounds === undefined ? undefined : duration(plainNumber(bounds.peek(1)), timeUnit(bounds.peek(2)));
  if (length === undefined) return;
  draft.repeat['boundsDuration'] = length;
  use(bounds, draft);
}

function setTimes(cells: readonly Cell[], draft: Draft): void {
  // tim-10: no times of day where it hangs on an event.
  if (draft.repeat['when'] !== undefined) return;
  const times = cells.flatMap((cell) => toTime(cell, draft.to) ?? []);
  if (times.length === 0) return;
  draft.repeat['timeOfDay'] = times;
  for (const cell of cells) draft.cells.add(cell);
}

/** How long each time takes (TQ1-13) and how often in all (TQ1-14). */
function setAmounts({ duration: each, count }: TimingCells, draft: Draft): void {
  const value = each === undefined ? undefined : plainNumber(each.peek(1));
  const durationUnit = each === undefined ? undefined : timeUnit(each.peek(2));
  if (value !== undefined && durationUnit !== undefined) {
    Object.assign(draft.repeat, { duration: value, durationUnit });
    use(each, draft);
  }
  const number = Number(count?.text() ?? '');
  if (count === undefined || !Number.isInteger(number) || number < 1 || number > LARGEST) return;
  draft.repeat['count'] = number;
  draft.cells.add(count);
}

/** The Timing of a TQ1 or TQ; undefined where it says nothing of when. */
export function timingOf(cells: TimingCells, to: Converting): MadeTiming | undefined {
  const draft: Draft = { code: undefined, repeat: {}, cells: new Set(), to };
  const { pattern } = cells;
  if (pattern !== undefined && pattern.raw() !== HL7_NULL) {
    const others = setPattern(pattern, cells, draft);
    if (others !== undefined) {
      setBounds(others, draft);
      setAmounts(others, draft);
    }
  }
  setBounds(cells, draft);
  setTimes(cells.at, draft);
  setAmounts(cells, draft);
  const value = compact({ repeat: compact(draft.repeat), code: draft.code });
  return value === undefined
    ? undefined
    : { value, cells: [...(pattern === undefined ? [] : [pattern]), ...draft.cells] };
}

/** RI: a pattern, and the times of day where it names them. */
function setInterval(cell: Cell, draft: Draft): void {
  setCode(cell.part(1), cell.part(1, 2), cell.part(1, 3), draft);
  const times = clockTimes(cell.peek(2));
  if (times === undefined) return;
  draft.repeat['timeOfDay'] = times;
  cell.part(2);
}

function setPattern(pattern: Cell, cells: TimingCells, draft: Draft): TimingCells | undefined {
  if (pattern.type === 'TQ') return setQuantityTiming(pattern, draft);
  if (pattern.type === 'RI') setInterval(pattern, draft);
  else if (pattern.type === 'RPT') setRepeatPattern(pattern, cells, draft);
  else setCode(pattern.part(1), pattern.type === 'CWE' ? pattern.part(2) : '', '', draft);
  return undefined;
}

/** TQ, RPT or a code to Timing. */
export const toTiming: Converter = (cell, to) => timingOf({ pattern: cell, at: NO_COMPONENTS }, to)?.value;
