import type { FhirResource } from '../../fhir/patch.ts';
import { jsonOf } from '../../store/body.ts';
import type { Row, Store } from '../../store/port.ts';
import type { Occurrence } from './rows.ts';
import { isOpenTask } from './work-order.ts';

/** What is still to come, and what a person has to do. */
export interface WorkList {
  /** Planned, paused and failed occurrences, by due time. */
  readonly occurrences: readonly Occurrence[];
  /** Open Tasks: stat, asap, urgent, routine, then by age. */
  readonly tasks: readonly FhirResource[];
}

const OPEN_STATES = ['planned', 'paused', 'sending', 'failed'];
const PRIORITIES = ['stat', 'asap', 'urgent', 'routine'];

/** Reads the open work of all patients, or of some source records. */
export async function readWorkList(store: Store, recs?: readonly string[]): Promise<WorkList> {
  const mine = recs === undefined ? [] : [{ field: 'rec', op: 'in', value: recs } as const];
  const open = await all(store, 'occurrences', [{ field: 'state', op: 'in', value: OPEN_STATES }, ...mine]);
  const tasks = await all(store, 'resources', [{ field: 'type', op: 'eq', value: 'Task' }]);
  const about = new Set(recs?.map((rec) => `Patient/${rec}`));
  const found = tasks.map((row) => jsonOf<FhirResource>(row)).filter((task) => isOpenTask(task));
  return {
    occurrences: open.map((row) => jsonOf<Occurrence>(row)).sort((a, b) => a.due.localeCompare(b.due)),
    tasks: found.filter((task) => recs === undefined || about.has(patientOf(task))).sort(mostUrgentFirst),
  };
}

async function all(
  store: Store,
  collection: 'occurrences' | 'resources',
  where: NonNullable<Parameters<Store['find']>[1]['where']>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await store.find(collection, { where, limit: 1000, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

function patientOf(task: FhirResource): string {
  const subject = task['for'];
  return typeof subject === 'object' && subject !== null && 'reference' in subject ? String(subject.reference) : '';
}

function mostUrgentFirst(a: FhirResource, b: FhirResource): number {
  const rank = (task: FhirResource): number => PRIORITIES.indexOf(String(task['priority']));
  return rank(a) - rank(b) || String(a['authoredOn']).localeCompare(String(b['authoredOn']));
}
