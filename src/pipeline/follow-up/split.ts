import { jsonOf } from '../../store/body.ts';
import type { Enrolment, Occurrence } from './rows.ts';
import { findAll } from './rows.ts';
import { passedOver } from './schedule.ts';
import type { Session } from './session.ts';
import { noted } from './stop.ts';
import { without } from '../../triggers/without.ts';

/** After members of a person changed: gives back what was skipped or stopped only because of a record that is no longer theirs. */
export async function splitPersons(session: Session, recs: readonly string[]): Promise<void> {
  for (const rec of recs) {
    const person = await session.person(rec);
    const members = person?.members ?? [rec];
    await returnSkipped(session, rec, members);
    for (const enrolment of await session.enrolments([rec])) await liftStop(session, enrolment, members);
  }
}

async function returnSkipped(session: Session, rec: string, members: readonly string[]): Promise<void> {
  for (const row of await findAll(session.draft, 'occurrences', `same-person|${rec}`)) {
    const occurrence = jsonOf<Occurrence>(row);
    const other = occurrence.instead?.rec;
    if (occurrence.code !== 'same-person' || other === undefined || members.includes(other)) continue;
    await reopen(session, occurrence, 'person-split');
  }
}

async function liftStop(session: Session, enrolment: Enrolment, members: readonly string[]): Promise<void> {
  const cause = enrolment.stopped ?? enrolment.paused;
  if (cause === undefined || cause.rec === enrolment.rec || members.includes(cause.rec)) return;
  const rest = without(enrolment, 'stopped', 'paused');
  await session.saveEnrolment({ ...rest, state: 'active' });
  for (const occurrence of await session.occurrences(enrolment)) {
    const byIt =
      (occurrence.state === 'cancelled' || occurrence.state === 'paused') && occurrence.code === cause.reason;
    if (byIt && occurrence.round === enrolment.round) await reopen(session, occurrence, 'person-split');
  }
}

/** Due again, if its window is still open. */
async function reopen(session: Session, occurrence: Occurrence, code: string): Promise<void> {
  const now = session.context.now;
  if (new Date(occurrence.expires) <= now) return;
  const rest = without(occurrence, 'code', 'instead', 'next', 'held');
  const overdue = new Date(occurrence.due) <= now;
  if (overdue && session.context.backfill) {
    await session.saveOccurrence(passedOver(rest, now.toISOString()));
    return;
  }
  const planned = { ...rest, state: 'planned' as const, ...(overdue ? { next: now.toISOString() } : {}) };
  await session.saveOccurrence(noted(session, planned, code));
}
