import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import type { Duration } from '../duration.ts';
import { parseDuration } from '../duration.ts';
import type { Expression, ExpressionKnowledge } from '../expression.ts';
import { compileExpression } from '../expression.ts';
import type { Plan, ReplyRule, Step, StopRule, Timing } from '../plan.ts';
import { windowDaysOf } from '../times.ts';
import type { PlanSource, StepSource } from './plan-source.ts';
import { DOC_MEMBERS, usesOf } from './reads.ts';
import type { YamlFile } from './yaml-file.ts';

const NOTHING: Duration = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0 };
const ON_ONLY_WINDOW_DAYS = 7;

/** Turns a checked plan into closures; what cannot be compiled (a regular expression) is added to `faults`. */
export function compilePlan(
  file: YamlFile,
  source: PlanSource,
  knowledge: ExpressionKnowledge,
  faults: Problem[],
): Plan {
  const texts: string[] = [];
  const compile = (text: string): Expression => {
    texts.push(text);
    return compileExpression(text, knowledge);
  };
  const pattern = (text: string, path: readonly (string | number)[]): RegExp => {
    try {
      return new RegExp(text, 'u');
    } catch {
      faults.push(problem('trigger.pattern-invalid', 'this is not a regular expression', file.place(path)));
      return /(?!)/;
    }
  };
  const purpose = source.purpose ?? 'treatment';
  const steps = source.steps.map((step) => compileStep(step, source, purpose, compile));
  const windows = steps.flatMap((step) => (step.at === undefined ? [] : [windowDaysOf(step.at)]));
  const plan: Omit<Plan, 'reads' | 'eventReads'> = {
    id: source.id,
    version: source.version,
    title: source.title,
    status: source.status,
    ...(source.department === undefined ? {} : { department: source.department }),
    zone: source.timezone ?? 'Asia/Shanghai',
    purpose,
    enroll: compileEnroll(source.enroll, compile),
    anchors: compileAnchors(source.anchors ?? {}, compile),
    steps,
    ...compileReplies(source, compile, pattern),
    stop: (source.stop ?? []).map((rule) => compileStop(rule, compile)),
    limits: compileLimits(source.limits ?? {}),
    windowDays: Math.max(ON_ONLY_WINDOW_DAYS, ...windows),
  };
  const ofEvent = texts.flatMap((text) => usesOf(text)).filter((use) => use.variable === 'event');
  return { ...plan, reads: typesRead(texts), eventReads: [...new Set(ofEvent.map((use) => use.member))].sort() };
}

/** Resource types behind every `%doc` in these expressions. */
function typesRead(texts: readonly string[]): readonly string[] {
  const uses = texts.flatMap((text) => usesOf(text)).filter((use) => use.variable === 'doc');
  return [...new Set(uses.flatMap((use) => DOC_MEMBERS[use.member] ?? []))].sort();
}

type Compile = (text: string) => Expression;

function compileEnroll(enroll: PlanSource['enroll'], compile: Compile): Plan['enroll'] {
  return {
    on: enroll.on ?? [],
    ...(enroll.cohort === undefined ? {} : { cohort: enroll.cohort }),
    when: compile(enroll.when),
    key: compile(enroll.key),
    again: enroll.again ?? 'ignore',
    reads: typesRead([enroll.when]),
  };
}

function compileAnchors(anchors: NonNullable<PlanSource['anchors']>, compile: Compile): Plan['anchors'] {
  return Object.fromEntries(
    Object.entries(anchors).map(([name, anchor]) => [
      name,
      { from: compile(anchor.from), onChange: anchor.onChange ?? 'reschedule', onMissing: anchor.onMissing ?? 'wait' },
    ]),
  );
}

function compileStop(rule: NonNullable<PlanSource['stop']>[number], compile: Compile): StopRule {
  return {
    on: rule.on ?? [],
    ...(rule.when === undefined ? {} : { when: compile(rule.when) }),
    reason: rule.reason,
    effect: rule.effect ?? 'cancel',
  };
}

function compileLimits(limits: NonNullable<PlanSource['limits']>): Plan['limits'] {
  return {
    ...(limits.perDay === undefined ? {} : { perDay: limits.perDay }),
    ...(limits.minGap === undefined ? {} : { minGap: duration(limits.minGap) }),
  };
}

function compileStep(
  step: StepSource,
  plan: PlanSource,
  purpose: Plan['purpose'],
  compile: (text: string) => Expression,
): Step {
  return {
    id: step.id,
    ...(step.title === undefined ? {} : { title: step.title }),
    ...(step.at === undefined ? {} : { at: compileTiming(step.at, compile) }),
    on: step.on ?? [],
    ...(step.when === undefined ? {} : { when: compile(step.when) }),
    purpose: step.purpose ?? plan.purpose ?? purpose,
    overridesQuietHours: step.quietHours === 'override',
    actions: step.do,
    ...(step.noReply === undefined
      ? {}
      : { noReply: { after: duration(step.noReply.after), actions: step.noReply.do } }),
  };
}

function compileTiming(at: NonNullable<StepSource['at']>, compile: (text: string) => Expression): Timing {
  const { repeat } = at;
  return {
    anchor: at.anchor,
    offset: duration(at.offset),
    ...(at.time === undefined ? {} : { time: at.time }),
    ...(at.expireAfter === undefined ? {} : { expireAfter: duration(at.expireAfter) }),
    late: at.late ?? 'send',
    enrolledLate: at.enrolledLate ?? 'skip',
    holiday: at.holiday ?? 'any-day',
    ...(repeat === undefined
      ? {}
      : {
          repeat: {
            every: duration(repeat.every),
            ...(repeat.count === undefined ? {} : { count: repeat.count }),
            ...(repeat.until === undefined ? {} : { until: compile(repeat.until) }),
          },
        }),
  };
}

function compileReplies(
  source: PlanSource,
  compile: (text: string) => Expression,
  pattern: (text: string, path: readonly (string | number)[]) => RegExp,
): Pick<Plan, 'replies'> {
  if (source.replies === undefined) return {};
  const rules = source.replies.rules.map((rule, index): ReplyRule => {
    const place = (list: string, item: number): readonly (string | number)[] => ['replies', 'rules', index, list, item];
    return {
      risk: rule.risk,
      anyOf: (rule.anyOf ?? []).map((text, item) => pattern(text, place('anyOf', item))),
      noneOf: (rule.noneOf ?? []).map((text, item) => pattern(text, place('noneOf', item))),
      ...(rule.when === undefined ? {} : { when: compile(rule.when) }),
      actions: rule.do,
    };
  });
  const { risk, do: actions } = source.replies.otherwise;
  return { replies: { rules, otherwise: { risk, actions } } };
}

/** The schema has checked the form. */
function duration(text: string): Duration {
  return parseDuration(text) ?? NOTHING;
}
