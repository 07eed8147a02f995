import type { Action, Purpose } from '../plan.ts';

/** A plan as its YAML file says it, after the JSON Schema has accepted it. */
export interface PlanSource {
  readonly kind: 'FollowUpPlan';
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly department?: string;
  readonly timezone?: string;
  readonly purpose?: Purpose;
  readonly enroll: {
    readonly on?: readonly string[];
    readonly cohort?: string;
    readonly when: string;
    readonly key: string;
    readonly again?: 'ignore' | 'restart';
  };
  readonly anchors?: Readonly<
    Record<
      string,
      { readonly from: string; readonly onChange?: 'reschedule' | 'keep'; readonly onMissing?: 'wait' | 'worklist' }
    >
  >;
  readonly steps: readonly StepSource[];
  readonly replies?: {
    readonly rules: readonly {
      readonly risk: 'high' | 'medium' | 'low' | 'optout';
      readonly anyOf?: readonly string[];
      readonly noneOf?: readonly string[];
      readonly when?: string;
      readonly do: readonly Action[];
    }[];
    readonly otherwise: { readonly risk: 'unclassified' | 'low'; readonly do: readonly Action[] };
  };
  readonly stop?: readonly {
    readonly on?: readonly string[];
    readonly when?: string;
    readonly reason: string;
    readonly effect?: 'cancel' | 'pause';
  }[];
  readonly limits?: { readonly perDay?: number; readonly minGap?: string };
}

/** A step as the file says it. */
export interface StepSource {
  readonly id: string;
  readonly title?: string;
  readonly at?: {
    readonly anchor: string;
    readonly offset: string;
    readonly time?: string;
    readonly expireAfter?: string;
    readonly late?: 'send' | 'task' | 'skip';
    readonly enrolledLate?: 'skip' | 'send-now';
    readonly holiday?: 'any-day' | 'next-workday' | 'previous-workday';
    readonly repeat?: { readonly every: string; readonly count?: number; readonly until?: string };
  };
  readonly on?: readonly string[];
  readonly when?: string;
  readonly purpose?: Purpose;
  readonly quietHours?: 'respect' | 'override';
  readonly do: readonly Action[];
  readonly noReply?: { readonly after: string; readonly do: readonly Action[] };
}
