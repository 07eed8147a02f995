import { instant, labelOf, pick, referenceOf, text, type Fact } from '../fact.ts';
import { listOf } from '../../../fhir/json.ts';
import { buildList, compareText, updateList, type BoundedList, type FactChange } from '../list-section.ts';
import { visitList, type VisitEntry } from './visit-list.ts';

/** An appointment that is still to come. */
interface NextEntry {
  readonly start: Date;
  readonly dept?: string;
  readonly status: string;
  readonly ref: string;
}

/** Visits with lifetime counters, the newest ones, and what is booked. */
export interface Visits extends BoundedList<VisitEntry> {
  readonly first: Date | null;
  readonly last: Date | null;
  /** The newest stay that has not ended. */
  readonly open: string | null;
  readonly noShow: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly next: readonly NextEntry[];
}

/** Types that visits are made of. */
export const VISIT_TYPES: readonly string[] = ['Appointment', 'Encounter'];

const CLASSES = ['AMB', 'IMP', 'EMER', 'HC'];
const NEXT_LIMIT = 10;
const BOOKED: ReadonlySet<unknown> = new Set(['booked', 'pending', 'proposed', 'arrived', 'checked-in']);

/**
 * Makes the section from all Encounters and Appointments.
 * @param asOf newest event time in the document: what is booked before it is no longer to come
 */
export function buildVisits(facts: readonly Fact[], asOf: number): Visits {
  const shown = facts.flatMap((fact) =>
    fact.resource.resourceType === 'Encounter' ? (visitList.entry(fact) ?? []) : [],
  );
  const starts = shown.flatMap(({ start }) => (start === undefined ? [] : [start.getTime()]));
  const open = shown.filter(isOpen).sort((a, b) => visitList.compare(a, b) || compareText(a.p[0]?.[1], b.p[0]?.[1]));
  const byClass: Record<string, number> = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  for (const visit of shown) if (visit.class !== undefined) byClass[visit.class] = (byClass[visit.class] ?? 0) + 1;
  return {
    ...buildList(visitList, facts),
    first: starts.length === 0 ? null : new Date(starts.reduce((a, b) => Math.min(a, b))),
    last: starts.length === 0 ? null : new Date(starts.reduce((a, b) => Math.max(a, b))),
    open: open[0]?.p[0]?.[1] ?? null,
    noShow: facts.filter(isNoShow).length,
    byClass,
    next: nextOf(facts.flatMap(nextEntry), asOf),
  };
}

/** The section after one change; undefined where it must be built from its resources. */
export function updateVisits(stored: Visits, change: FactChange, asOf: number): Visits | undefined {
  const type = (change.after ?? change.before)?.resource.resourceType;
  return type === 'Appointment' ? updateAppointment(stored, change, asOf) : updateEncounter(stored, change);
}

function updateEncounter(stored: Visits, change: FactChange): Visits | undefined {
  const before = change.before === undefined ? undefined : visitList.entry(change.before);
  const after = change.after === undefined ? undefined : visitList.entry(change.after);
  const counters = before === undefined ? countersWith(stored, after) : sameCounters(stored, before, after);
  const list = counters === undefined ? undefined : updateList(visitList, stored, change);
  return list === undefined ? undefined : { ...stored, ...counters, ...list };
}

type Counters = Pick<Visits, 'first' | 'last' | 'open' | 'byClass'>;

/** Counters with one visit more; undefined where it and another one are both open. */
function countersWith(stored: Visits, visit: VisitEntry | undefined): Counters | undefined {
  if (visit === undefined) return stored;
  if (isOpen(visit) && stored.open !== null) return undefined;
  const { start } = visit;
  const { first, last } = stored;
  const known = visit.class === undefined ? {} : { [visit.class]: (stored.byClass[visit.class] ?? 0) + 1 };
  return {
    first: start === undefined ? first : earlier(first, start),
    last: start === undefined ? last : later(last, start),
    open: isOpen(visit) ? (visit.p[0]?.[1] ?? null) : stored.open,
    byClass: { ...stored.byClass, ...known },
  };
}

const earlier = (a: Date | null, b: Date): Date => (a === null || b < a ? b : a);
const later = (a: Date | null, b: Date): Date => (a === null || b > a ? b : a);

/** Counters where a visit changed nothing that they count; undefined where it did. */
function sameCounters(stored: Visits, before: VisitEntry, after: VisitEntry | undefined): Counters | undefined {
  if (after === undefined || isOpen(before) !== isOpen(after) || before.class !== after.class) return undefined;
  return before.start?.getTime() === after.start?.getTime() ? stored : undefined;
}

function updateAppointment(stored: Visits, change: FactChange, asOf: number): Visits | undefined {
  if (stored.next.length >= NEXT_LIMIT) return undefined;
  const ref = (change.after ?? change.before)?.ref;
  const others = stored.next.filter((entry) => entry.ref !== ref);
  const mine = change.after === undefined ? [] : nextEntry(change.after);
  const noShow = stored.noShow + count(change.after) - count(change.before);
  return { ...stored, noShow, next: nextOf([...others, ...mine], asOf) };
}

/** What is booked goes by as time goes on; undefined where others may move up. */
export function refreshNext(stored: Visits, asOf: number): Visits | undefined {
  const next = nextOf(stored.next, asOf);
  if (next.length === stored.next.length) return stored;
  return stored.next.length >= NEXT_LIMIT ? undefined : { ...stored, next };
}

const isOpen = (visit: VisitEntry): boolean => visit.state === 'in-progress' || visit.state === 'onleave';
const isNoShow = ({ resource }: Fact): boolean =>
  resource.resourceType === 'Appointment' && resource['status'] === 'noshow';
const count = (fact: Fact | undefined): number => (fact !== undefined && isNoShow(fact) ? 1 : 0);

function nextEntry({ resource, ref }: Fact): readonly NextEntry[] {
  const start = instant(resource['start']);
  if (resource.resourceType !== 'Appointment' || start === undefined || !BOOKED.has(resource['status'])) return [];
  const places = listOf(resource['participant']).map((one) => pick(one, 'actor'));
  const place = places.find((actor) => /^(Location|HealthcareService)\//.test(referenceOf(actor) ?? ''));
  const dept = labelOf(pick(resource, 'serviceType')) ?? text(pick(place, 'display'));
  return [{ start, ...(dept === undefined ? {} : { dept }), status: text(resource['status']) ?? 'booked', ref }];
}

function nextOf(entries: readonly NextEntry[], asOf: number): readonly NextEntry[] {
  return entries
    .filter(({ start }) => start.getTime() >= asOf)
    .toSorted((a, b) => Number(a.start) - Number(b.start) || compareText(a.ref, b.ref))
    .slice(0, NEXT_LIMIT);
}
