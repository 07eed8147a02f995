import { jsonOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { FieldValue, Row } from '../../store/port.ts';
import type { HoldReason } from '../../triggers/gate.ts';
import type { Action, Channel, Priority, Purpose } from '../../triggers/plan.ts';

/** What made an enrolment stop or pause. */
export interface StopCause {
  readonly reason: string;
  /** Source record that the event happened to. */
  readonly rec: string;
  /** Encounter or resource of the event; absent where a bare condition stopped it. */
  readonly ref?: string;
  readonly at: string;
}

/** A step that was carried out in a round: not repeated in the next one for the same anchor date. */
interface StepDone {
  readonly step: string;
  readonly n: number;
  readonly anchorDate: string;
}

/** A source record on a plan (collection `enrolments`). Times are ISO texts. */
export interface Enrolment {
  readonly id: string;
  readonly plan: string;
  readonly version: string;
  readonly rec: string;
  readonly key: string;
  /** From 1; a cancelling stop closes a round. */
  readonly round: number;
  readonly state: 'active' | 'paused' | 'completed' | 'cancelled';
  readonly start: string;
  /** Resource whose transition enrolled. */
  readonly ref: string;
  /** Message or action that caused it. */
  readonly cause: string;
  readonly anchors: Readonly<Record<string, string>>;
  readonly done: readonly StepDone[];
  /** Hash of the text of each template of the plan, as it was at enrolment. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Risk of the latest reply. */
  readonly risk?: string;
  readonly stopped?: StopCause;
  readonly paused?: StopCause;
}

/** The transition that fired an `on:` step. */
interface FiredBy {
  readonly id: string;
  readonly type: string;
  readonly ref: string;
  readonly at: string;
  readonly encounter?: string;
}

/** One decision about an occurrence, kept for ever: code of the gate, stop reason or outcome. */
export interface Noted {
  readonly at: string;
  readonly code: string;
  /** Index of the action where only one was meant. */
  readonly action?: number;
}

/** What an action is to do differently when it is run again. */
export interface Redo {
  readonly action: number;
  /** Key under which the provider may already know the message. */
  readonly providerKey?: string;
  /** Mark it as a repeat. */
  readonly repeat?: boolean;
}

/** A dated step, a fired step, or what follows from one (collection `occurrences`). Times are ISO texts. */
export interface Occurrence {
  readonly id: string;
  readonly kind: 'step' | 'no-reply' | 'reply' | 'escalation' | 'correction';
  readonly enrolment: string;
  readonly plan: string;
  readonly version: string;
  readonly rec: string;
  readonly key: string;
  readonly round: number;
  readonly step: string;
  readonly n: number;
  readonly state: 'planned' | 'paused' | 'sending' | 'done' | 'skipped' | 'cancelled' | 'failed';
  readonly due: string;
  readonly expires: string;
  /** When the loop looks at it next; differs from `due` while the gate holds it. */
  readonly next?: string;
  readonly held?: HoldReason;
  /** Fell due while the plan was paused: judged by the step's `late`. */
  readonly overdue?: boolean;
  readonly anchorDate?: string;
  readonly event?: FiredBy;
  /** Parent: the message without reply, the alert that escalates, the alert that is corrected. */
  readonly of?: string;
  /** Level of an escalation, from 0. */
  readonly level?: number;
  readonly actions?: readonly Action[];
  /** Work order (`Task/<id>`) that an escalation watches. */
  readonly task?: string;
  /** Actions that are still to be run; absent: all. */
  readonly todo?: readonly Redo[];
  /** Attempts whose outcome is not known yet. */
  readonly open: readonly string[];
  readonly attempts: readonly string[];
  readonly tried: readonly Channel[];
  /** Other occurrence that was carried out instead (same person). */
  readonly instead?: { readonly id: string; readonly rec: string };
  readonly code?: string;
  readonly acknowledged?: { readonly by: string; readonly at: string };
  /** Engine-made resources of it (`Task/…`, `Flag/…`). */
  readonly made: readonly string[];
  readonly log: readonly Noted[];
}

/** One try to carry out an action by a sender, or an answer that came in (collection `attempts`). */
export interface Attempt {
  readonly id: string;
  readonly direction: 'out' | 'in';
  readonly occurrence: string;
  readonly enrolment: string;
  readonly rec: string;
  readonly plan: string;
  readonly step: string;
  readonly n: number;
  readonly action: number;
  readonly audience: 'patient' | 'staff';
  readonly purpose: Purpose;
  readonly channel: Channel;
  /** Why this channel. */
  readonly why: string;
  readonly to: string;
  /** Staff number or role, for staff. */
  readonly recipient?: string;
  readonly text: string;
  readonly template: string;
  readonly templateVersion: string;
  readonly priority: Priority;
  readonly state: 'sending' | 'accepted' | 'rejected' | 'throttled' | 'lost' | 'uncertain' | 'unsent' | 'received';
  readonly at: string;
  /** Idempotency key that the provider sees; differs from the id only for a resend. */
  readonly providerKey: string;
  readonly providerId?: string;
  readonly repeat: boolean;
  readonly lookups: number;
  readonly reason?: string;
  readonly delivered?: boolean;
  readonly risk?: string;
}

/** One thing that reached a person. */
export interface LedgerSend {
  readonly at: string;
  readonly plan: string;
  readonly step: string;
  readonly n: number;
  readonly due: string;
  readonly occurrence: string;
  readonly dated: boolean;
  /** Absent for a work order. */
  readonly channel?: Channel;
}

/** Per source record: what reached the patient (collection `ledgers`). */
export interface Ledger {
  readonly rec: string;
  readonly sends: readonly LedgerSend[];
  readonly lastAnswered?: Channel;
  readonly preference?: Channel;
  /** Hashes of addresses that a provider called bad. */
  readonly bad: readonly string[];
}

/** Writes an enrolment. */
export function putEnrolment(draft: Draft, enrolment: Enrolment): void {
  const { id, plan, rec, state } = enrolment;
  draft.put({
    collection: 'enrolments',
    id,
    body: JSON.stringify(enrolment),
    keys: [`rec|${rec}`],
    fields: { plan, rec, state },
  });
}

/** Writes an occurrence; only a planned one has a due time, so only these are claimed. */
export function putOccurrence(draft: Draft, occurrence: Occurrence): void {
  const { id, plan, rec, state, enrolment, of } = occurrence;
  const fields: Record<string, FieldValue> = { plan, rec, state };
  if (state === 'planned') fields['dueAt'] = new Date(occurrence.next ?? occurrence.due);
  const keys = [`enrolment|${enrolment}`, ...(of === undefined ? [] : [`of|${of}`])];
  if (occurrence.code === 'same-person') keys.push(`same-person|${rec}`);
  draft.put({ collection: 'occurrences', id, body: JSON.stringify(occurrence), keys, fields });
}

/** Writes an attempt. `lookAt`: when its outcome must be asked for, if it is not known by then. */
export function putAttempt(draft: Draft, attempt: Attempt, addressKey: string, lookAt?: Date): void {
  const { id, rec, state, at } = attempt;
  const fields: Record<string, FieldValue> = { rec, state, at: new Date(at) };
  if (state === 'sending' && lookAt !== undefined) fields['dueAt'] = lookAt;
  const keys = [
    `to|${addressKey}`,
    `occurrence|${attempt.occurrence}`,
    `audience|${attempt.audience}|${attempt.direction}`,
  ];
  draft.put({ collection: 'attempts', id, body: JSON.stringify(attempt), keys, fields });
}

/** Writes a ledger row; every write bumps its rev, which is what concurrent decisions collide on. */
export function putLedger(draft: Draft, ledger: Ledger): void {
  draft.put({ collection: 'ledgers', id: ledger.rec, body: JSON.stringify(ledger) });
}

/** The ledgers of these source records, empty where there is none yet. */
export async function readLedgers(draft: Draft, recs: readonly string[]): Promise<readonly Ledger[]> {
  const rows = await draft.getMany('ledgers', recs);
  return recs.map((rec, index) => {
    const row = rows[index];
    return row === undefined ? { rec, sends: [], bad: [] } : jsonOf<Ledger>(row);
  });
}

/** Every row of a key, or of any of several keys, as the draft leaves them, those that it writes included. */
export async function allOf(
  draft: Draft,
  collection: 'enrolments' | 'occurrences',
  key: string | readonly string[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ;) {
    const page = await draft.find(collection, { all: [key], limit: 1000, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = page.next;
  }
}

/** All rows of a find, page by page, taken as read by the draft; in the state in which the draft leaves them. */
export async function findAll(
  draft: Draft,
  collection: 'enrolments' | 'occurrences' | 'attempts',
  key: string | readonly string[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await draft.store.find(collection, {
      all: [key],
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  draft.adopt(collection, rows);
  const current = await draft.getMany(
    collection,
    rows.map((row) => row.id),
  );
  return current.filter((row) => row !== undefined);
}
