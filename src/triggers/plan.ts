import type { Duration } from './duration.ts';
import type { Expression } from './expression.ts';

/** Why a message is sent; each purpose has its own consent basis. */
export type Purpose = 'treatment' | 'public-health' | 'education' | 'satisfaction' | 'marketing' | 'research';

/** Ways to reach a human, as plans name them. */
export type Channel = 'sms' | 'wechat' | 'wecom' | 'dingtalk' | 'app' | 'email' | 'voice' | 'phone' | 'in-app';

/** How urgent, in the words of FHIR request-priority. */
export type Priority = 'routine' | 'urgent' | 'asap' | 'stat';

/** One level of an escalation chain. */
export interface Escalation {
  readonly after: string;
  readonly to: string;
  readonly channels?: readonly Channel[];
}

/** What a step, a reply rule or a missing reply does, as the plan says it. */
export interface Action {
  readonly type: 'message' | 'call-task' | 'task' | 'notify-staff' | 'flag' | 'end-plan' | 'opt-out';
  readonly to?: string;
  readonly template?: string;
  readonly questionnaire?: string;
  readonly channels?: 'auto' | readonly Channel[];
  readonly priority?: Priority;
  readonly due?: string;
  readonly ackWithin?: string;
  readonly escalate?: readonly Escalation[];
  readonly code?: string;
  readonly text?: string;
}

/** When a dated step is due. */
export interface Timing {
  readonly anchor: string;
  readonly offset: Duration;
  /** Wall time `HH:MM` in the plan's zone. */
  readonly time?: string;
  /** How long after the due time the step may still be carried out; absent: 7 days. */
  readonly expireAfter?: Duration;
  readonly late: 'send' | 'task' | 'skip';
  readonly enrolledLate: 'skip' | 'send-now';
  readonly holiday: 'any-day' | 'next-workday' | 'previous-workday';
  readonly repeat?: { readonly every: Duration; readonly count?: number; readonly until?: Expression };
}

/** A compiled step: dated (`at`), fired by events (`on`), or both. */
export interface Step {
  readonly id: string;
  readonly title?: string;
  readonly at?: Timing;
  readonly on: readonly string[];
  readonly when?: Expression;
  readonly purpose: Purpose;
  readonly overridesQuietHours: boolean;
  readonly actions: readonly Action[];
  readonly noReply?: { readonly after: Duration; readonly actions: readonly Action[] };
}

/** A compiled reply rule; patterns are tried per clause. */
export interface ReplyRule {
  readonly risk: 'high' | 'medium' | 'low' | 'optout';
  readonly anyOf: readonly RegExp[];
  readonly noneOf: readonly RegExp[];
  readonly when?: Expression;
  readonly actions: readonly Action[];
}

/** A compiled stop rule. */
export interface StopRule {
  readonly on: readonly string[];
  readonly when?: Expression;
  readonly reason: string;
  readonly effect: 'cancel' | 'pause';
}

/** A compiled plan. Everything that is evaluated per message was compiled when the plan was loaded. */
export interface Plan {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly department?: string;
  readonly zone: string;
  readonly purpose: Purpose;
  readonly enroll: {
    readonly on: readonly string[];
    readonly cohort?: string;
    readonly when: Expression;
    readonly key: Expression;
    readonly again: 'ignore' | 'restart';
    /** Resource types that `when` reads: only their changes can bring somebody into a cohort. */
    readonly reads: readonly string[];
  };
  readonly anchors: Readonly<
    Record<
      string,
      { readonly from: Expression; readonly onChange: 'reschedule' | 'keep'; readonly onMissing: 'wait' | 'worklist' }
    >
  >;
  readonly steps: readonly Step[];
  readonly replies?: {
    readonly rules: readonly ReplyRule[];
    readonly otherwise: { readonly risk: 'unclassified' | 'low'; readonly actions: readonly Action[] };
  };
  readonly stop: readonly StopRule[];
  readonly limits: { readonly perDay?: number; readonly minGap?: Duration };
  /** Resource types that its expressions read through `%doc`: the pipeline loads exactly these. */
  readonly reads: readonly string[];
  /** Members of `%event` that its expressions read. */
  readonly eventReads: readonly string[];
  /** Days from an enrolling event to the end of the last step's window: an older event enrols nobody. */
  readonly windowDays: number;
}

/** Purposes as data, for checks and screens. */
export const PURPOSES: readonly Purpose[] = [
  'treatment',
  'public-health',
  'education',
  'satisfaction',
  'marketing',
  'research',
];

/** Channels as data, for checks and screens. */
export const CHANNEL_NAMES: readonly Channel[] = [
  'sms',
  'wechat',
  'wecom',
  'dingtalk',
  'app',
  'email',
  'voice',
  'phone',
  'in-app',
];

/** Addressees who are not staff: what reaches them passes consent, opt-out, quiet hours and caps. */
export function reachesPatient(action: Action): boolean {
  return action.type === 'message' && (action.to === 'patient' || action.to === 'guardian');
}
