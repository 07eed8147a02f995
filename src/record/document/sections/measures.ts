import type { ConceptSet } from '../../../fhir/concepts.ts';
import { dayOf, type Fact } from '../fact.ts';
import { compareText, type BoundedList, type FactChange } from '../list-section.ts';
import { analyteOf, measuresOf, type Measure } from './measure.ts';

/** The latest measure of one analyte, how many there are, and the last of them where it is a declared cohort number. */
export interface MeasureEntry extends Measure {
  readonly k: number;
  readonly trend: readonly TrendPoint[];
}

type TrendPoint = readonly [day: string, value: number];

/** A declared cohort number. */
export interface Mark {
  readonly c: string;
  readonly v: number;
  readonly on: string;
}

/** What the section needs to know beside the facts. */
export interface MeasureFacts {
  readonly concepts: ConceptSet;
  readonly zone: string;
}

const LIMIT = 120;
const TREND = 12;
const MARKS = 16;

/** Makes the list from all Observations. */
export function buildMeasures(facts: readonly Fact[], about: MeasureFacts): BoundedList<MeasureEntry> {
  const groups = new Map<string, Measure[]>();
  for (const fact of facts) {
    for (const measure of measuresOf(fact)) {
      const key = analyteOf(measure);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [measure]);
      else group.push(measure);
    }
  }
  const entries = [...groups.values()].flatMap((group) => {
    const [latest] = group.toSorted(compareMeasures);
    const points = group.flatMap((measure) => pointOf(measure, about));
    return latest === undefined ? [] : [{ ...latest, k: group.length, trend: lastPoints(points) }];
  });
  return cut(entries, entries.length);
}

/** The list after changes; undefined where it must be built from its resources. Equal to `buildMeasures`. */
export function updateMeasures(
  stored: BoundedList<MeasureEntry>,
  changes: readonly FactChange[],
  about: MeasureFacts,
): BoundedList<MeasureEntry> | undefined {
  if (changes.length === 0) return stored;
  const entries = new Map(stored.list.map((entry) => [analyteOf(entry), entry]));
  // In a cut list an analyte that is not there may be one that is not shown.
  const isCut = stored.n > stored.list.length;
  for (const change of changes) {
    const before = byAnalyte(change.before);
    const after = byAnalyte(change.after);
    if (before === undefined || after === undefined) return undefined;
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const entry = entries.get(key);
      const next =
        entry === undefined && isCut ? undefined : updateEntry(entry, before.get(key), after.get(key), about);
      if (next === undefined) return undefined;
      entries.set(key, next);
    }
  }
  return cut([...entries.values()], stored.n + entries.size - stored.list.length);
}

/** The declared cohort numbers among the measures. */
export function marksOf({ list }: BoundedList<MeasureEntry>, about: MeasureFacts): readonly Mark[] {
  const marks = list.flatMap((entry) => {
    const c = markOf(entry, about.concepts);
    return c === undefined || entry.v === undefined
      ? []
      : [{ c, v: entry.v, on: dayOf(entry.at.getTime(), about.zone) }];
  });
  return marks.toSorted((a, b) => compareText(a.c, b.c) || compareText(b.on, a.on)).slice(0, MARKS);
}

/** Measures of one resource by analyte; undefined where it measures one analyte twice. */
function byAnalyte(fact: Fact | undefined): ReadonlyMap<string, Measure> | undefined {
  const measures = fact === undefined ? [] : measuresOf(fact);
  const map = new Map(measures.map((measure) => [analyteOf(measure), measure]));
  return map.size === measures.length ? map : undefined;
}

/** The entry of an analyte after one of its measures has come or changed; undefined where that cannot be told from it. */
function updateEntry(
  entry: MeasureEntry | undefined,
  before: Measure | undefined,
  after: Measure | undefined,
  about: MeasureFacts,
): MeasureEntry | undefined {
  if (after === undefined) return undefined;
  if (before !== undefined) return entry === undefined ? undefined : withCorrection(entry, before, after, about);
  return entry === undefined
    ? { ...after, k: 1, trend: lastPoints(pointOf(after, about)) }
    : withOneMore(entry, after, about);
}

function withOneMore(entry: MeasureEntry, after: Measure, about: MeasureFacts): MeasureEntry {
  const { k, trend, ...shown } = entry;
  const latest = compareMeasures(after, entry) < 0 ? after : shown;
  return { ...latest, k: k + 1, trend: lastPoints([...trend, ...pointOf(after, about)]) };
}

/** The latest measure was corrected in place; undefined where it is not the latest or its trend point is at the edge. */
function withCorrection(
  entry: MeasureEntry,
  before: Measure,
  after: Measure,
  about: MeasureFacts,
): MeasureEntry | undefined {
  if (entry.p[0]?.[1] !== after.p[0]?.[1]) return undefined;
  if (entry.k === 1) return { ...after, k: 1, trend: lastPoints(pointOf(after, about)) };
  if (before.at.getTime() !== after.at.getTime()) return undefined;
  if (before.v === after.v) return { ...after, k: entry.k, trend: entry.trend };
  if (entry.k > TREND) return undefined;
  const [old] = pointOf(before, about);
  const at = entry.trend.findIndex((point) => old !== undefined && comparePoints(point, old) === 0);
  const others = at < 0 ? entry.trend : entry.trend.toSpliced(at, 1);
  return { ...after, k: entry.k, trend: lastPoints([...others, ...pointOf(after, about)]) };
}

function pointOf(measure: Measure, about: MeasureFacts): readonly TrendPoint[] {
  if (measure.v === undefined || markOf(measure, about.concepts) === undefined) return [];
  return [[dayOf(measure.at.getTime(), about.zone), measure.v]];
}

/** The declared cohort number that an analyte is, if it is one. */
function markOf({ sys, code }: Measure, concepts: ConceptSet): string | undefined {
  if (code === undefined) return undefined;
  const system = sys ?? 'http://loinc.org';
  const ids = concepts.of({ resourceType: 'Observation', code: { coding: [{ system, code }] } });
  return ids.find((id) => concepts.definitions.some((one) => one.id === id && one.mark === true));
}

/** Oldest first, as many as are shown. */
function lastPoints(points: readonly TrendPoint[]): readonly TrendPoint[] {
  return points.toSorted(comparePoints).slice(-TREND);
}

const comparePoints = (a: TrendPoint, b: TrendPoint): number => compareText(a[0], b[0]) || a[1] - b[1];

/** Newest first. */
function compareMeasures(a: Measure, b: Measure): number {
  return b.at.getTime() - a.at.getTime() || compareText(b.p[0]?.[1], a.p[0]?.[1]);
}

function cut(entries: readonly MeasureEntry[], n: number): BoundedList<MeasureEntry> {
  const sorted = entries.toSorted((a, b) => compareMeasures(a, b) || compareText(analyteOf(a), analyteOf(b)));
  return { n, list: sorted.slice(0, LIMIT) };
}
