import { uuidV5 } from '../../core/ids.ts';
import type { RecordReader } from '../../record/contract.ts';
import { jsonOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { Enrolment, Occurrence } from './rows.ts';
import { allOf } from './rows.ts';
import { referenceOf } from './views.ts';
import { isOpenTask } from './work-order.ts';

/** Most enrolments that a patient document lists. */
const MOST_LISTED = 20;
const ORDER: readonly Enrolment['state'][] = ['active', 'paused', 'completed', 'cancelled'];
/** Risks of replies, the gravest first. */
const RISKS = ['high', 'medium', 'unclassified', 'low'];
const TO_COME: ReadonlySet<Occurrence['state']> = new Set(['planned', 'paused', 'sending']);

/** What the section is made with. */
interface SectionDeps {
  readonly reader: Pick<RecordReader, 'resources'>;
  readonly installation: string;
}

/**
 * The `followUp` section of a patient document, from the enrolments, occurrences and Tasks of these source records as
 * the draft leaves them; undefined where nobody of them was ever enrolled. Shape: patient document.
 */
export function followUpSection(deps: SectionDeps): (draft: Draft, members: readonly string[]) => Promise<unknown> {
  return async (draft, members) => {
    const enrolments = await enrolmentsOf(draft, members);
    if (enrolments.length === 0) return undefined;
    const listed = [...enrolments].sort(activeFirst).slice(0, MOST_LISTED);
    const open = enrolments.filter(({ state }) => state === 'active' || state === 'paused');
    const steps = await stepsOf(draft, [...new Set([...listed, ...open])]);
    const next = open.flatMap((one) => nextOf(steps, one) ?? []).sort(byDue)[0];
    return {
      state: open.some(({ state }) => state === 'active') ? 'active' : open.length > 0 ? 'paused' : 'none',
      risk: RISKS.find((risk) => open.some((one) => one.risk === risk)) ?? 'none',
      nextDue: next === undefined ? null : new Date(next.due),
      openTasks: await countOpenTasks(deps, draft, members),
      lost: null,
      list: listed.map((enrolment) => entryOf(deps, steps, enrolment)),
    };
  };
}

/** All enrolments; a person whose members have no ledger never had one, and costs one read. */
async function enrolmentsOf(draft: Draft, members: readonly string[]): Promise<readonly Enrolment[]> {
  const ledgers = await draft.getMany('ledgers', members);
  const touched = members.filter((_, index) => ledgers[index] !== undefined);
  if (touched.length === 0) return [];
  const rows = await allOf(
    draft,
    'enrolments',
    touched.map((rec) => `rec|${rec}`),
  );
  return rows.map((row) => jsonOf<Enrolment>(row));
}

/** Step occurrences of the current round, by enrolment. */
async function stepsOf(
  draft: Draft,
  enrolments: readonly Enrolment[],
): Promise<ReadonlyMap<string, readonly Occurrence[]>> {
  const rounds = new Map(enrolments.map(({ id, round }) => [id, round]));
  const rows = await allOf(
    draft,
    'occurrences',
    enrolments.map(({ id }) => `enrolment|${id}`),
  );
  const steps = new Map<string, Occurrence[]>();
  for (const row of rows) {
    const one = jsonOf<Occurrence>(row);
    if (one.kind !== 'step' || one.round !== rounds.get(one.enrolment)) continue;
    steps.set(one.enrolment, [...(steps.get(one.enrolment) ?? []), one]);
  }
  return steps;
}

function nextOf(steps: ReadonlyMap<string, readonly Occurrence[]>, { id, state }: Enrolment): Occurrence | undefined {
  if (state !== 'active' && state !== 'paused') return undefined;
  return (steps.get(id) ?? []).filter((one) => TO_COME.has(one.state)).sort(byDue)[0];
}

async function countOpenTasks({ reader }: SectionDeps, draft: Draft, members: readonly string[]): Promise<number> {
  const about = new Set(members.map((rec) => `Patient/${rec}`));
  const tasks = await reader.resources(draft, members, ['Task']);
  return tasks.filter((task) => isOpenTask(task) && about.has(referenceOf(task['for']) ?? '')).length;
}

function entryOf(
  { installation }: SectionDeps,
  steps: ReadonlyMap<string, readonly Occurrence[]>,
  enrolment: Enrolment,
): Readonly<Record<string, unknown>> {
  const { id, plan, version, key, state, round, rec } = enrolment;
  const all = steps.get(id) ?? [];
  const next = nextOf(steps, enrolment);
  return {
    plan,
    version,
    key,
    state,
    ...(next === undefined ? {} : { step: next.step, due: new Date(next.due) }),
    done: all.filter((one) => one.state === 'done').length,
    of: all.length,
    rec,
    ref: `CarePlan/${uuidV5(installation, 'CarePlan', id, String(round))}`,
  };
}

const byDue = (a: Occurrence, b: Occurrence): number => a.due.localeCompare(b.due) || a.id.localeCompare(b.id);

/** Active before paused before closed, the latest start first. */
function activeFirst(a: Enrolment, b: Enrolment): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.start.localeCompare(a.start) || a.id.localeCompare(b.id);
}
