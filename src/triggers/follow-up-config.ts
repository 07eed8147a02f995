import type { Calendar } from './calendar.ts';
import type { Directory } from './directory.ts';
import type { Plan } from './plan.ts';
import type { FollowUpPolicy } from './policy.ts';
import type { Template } from './template.ts';

/** A question set that plans refer to. */
export interface Questionnaire {
  readonly id: string;
  readonly title: string;
  readonly items: readonly { readonly id: string; readonly text: string }[];
}

/** Everything that follow-up is configured with, checked and compiled. */
export interface FollowUpConfig {
  /** Every version of every plan, the newest of each id first. */
  readonly plans: readonly Plan[];
  readonly templates: ReadonlyMap<string, Template>;
  readonly questionnaires: ReadonlyMap<string, Questionnaire>;
  readonly directory: Directory;
  readonly policy: FollowUpPolicy;
  readonly calendar: Calendar;
}

/** The plan of an enrolment: exactly the version it was pinned to. */
export function planOf(config: FollowUpConfig, id: string, version: string): Plan | undefined {
  return config.plans.find((plan) => plan.id === id && plan.version === version);
}

/** The plans that may enrol: the newest active version of each id. */
export function enrollingPlans(config: FollowUpConfig): readonly Plan[] {
  const seen = new Set<string>();
  return config.plans.filter((plan) => {
    if (plan.status !== 'active' || seen.has(plan.id)) return false;
    seen.add(plan.id);
    return true;
  });
}
