import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import type { ExpressionKnowledge } from '../expression.ts';
import type { Action } from '../plan.ts';
import { reachesPatient } from '../plan.ts';
import { nearest } from '../../core/nearest.ts';
import { lintPaths } from './lint-paths.ts';
import type { PlanSource, StepSource } from './plan-source.ts';
import { usesOf } from './reads.ts';
import type { YamlFile } from './yaml-file.ts';

/** Names that a plan may refer to. */
export interface KnownNames {
  readonly templates: readonly string[];
  readonly questionnaires: readonly string[];
  readonly knowledge: ExpressionKnowledge;
}

type Path = readonly (string | number)[];

/** What the schema cannot see: names that must exist, reads without bound, keys with person ids, misspelt paths. */
export function planFaults(file: YamlFile, plan: PlanSource, names: KnownNames): readonly Problem[] {
  return [
    ...expressionsOf(plan).flatMap(({ text, path }) => expressionFaults(file, plan, names, { text, path })),
    ...keyFaults(file, plan),
    ...plan.steps.flatMap((step, index) => stepFaults(file, plan, step, index)),
    ...repeatedSteps(file, plan),
    ...actionsOf(plan).flatMap(({ action, path }) => actionFaults(file, names, action, path)),
    ...zoneFaults(file, plan),
  ];
}

function expressionFaults(
  file: YamlFile,
  plan: PlanSource,
  names: KnownNames,
  at: { readonly text: string; readonly path: Path },
): readonly Problem[] {
  const place = file.place(at.path);
  const anchors = Object.keys(plan.anchors ?? {});
  const misspelt = lintPaths(at.text, anchors).map((fault) => {
    const hint = fault.meant === undefined ? '' : `; did you mean \`${fault.meant}\`?`;
    return problem('trigger.path-unknown', `\`${fault.on}\` has no \`${fault.name}\`${hint}`, place);
  });
  const unbounded = usesOf(at.text)
    .filter((use) => !use.bounded)
    .map((use) =>
      problem(
        'trigger.read-unbounded',
        `\`%doc.${use.member}\` must be narrowed at once with \`.where(code …)\`, a time or \`.concept('…')\``,
        place,
      ),
    );
  const concepts = [...at.text.matchAll(/concept\('([^']+)'\)/g)]
    .map((match) => match[1] ?? '')
    .filter((concept) => !names.knowledge.concepts.includes(concept))
    .map((concept) => unknownName('concept', concept, names.knowledge.concepts, place));
  return [...misspelt, ...unbounded, ...concepts];
}

function keyFaults(file: YamlFile, plan: PlanSource): readonly Problem[] {
  const code = plan.enroll.key.replaceAll(/'[^']*'/g, "''");
  if (!/%doc\.patient\b|%event\.patient\b|\bsubject\b|\.patient\b|\bperson\b/.test(code)) return [];
  const message = 'an enrolment key may not hold person or patient ids: they change with merges';
  return [problem('trigger.key-with-person', message, file.place(['enroll', 'key']))];
}

function stepFaults(file: YamlFile, plan: PlanSource, step: StepSource, index: number): readonly Problem[] {
  const faults: Problem[] = [];
  const anchors = Object.keys(plan.anchors ?? {});
  if (step.at !== undefined && !anchors.includes(step.at.anchor)) {
    faults.push(unknownName('anchor', step.at.anchor, anchors, file.place(['steps', index, 'at', 'anchor'])));
  }
  const all = [...step.do, ...(step.noReply?.do ?? [])];
  if (step.quietHours === 'override' && all.some(reachesPatient)) {
    const message = 'a step that reaches a patient or guardian may not override quiet hours';
    faults.push(problem('trigger.quiet-hours-override', message, file.place(['steps', index, 'quietHours'])));
  }
  return faults;
}

function repeatedSteps(file: YamlFile, plan: PlanSource): readonly Problem[] {
  return plan.steps.flatMap((step, index) => {
    const first = plan.steps.findIndex((other) => other.id === step.id);
    if (first === index) return [];
    const line = file.place(['steps', first, 'id']).line ?? 0;
    const message = `step \`${step.id}\` stands already in line ${line}`;
    return [problem('trigger.plan-invalid', message, file.place(['steps', index, 'id']))];
  });
}

function actionFaults(file: YamlFile, names: KnownNames, action: Action, path: Path): readonly Problem[] {
  const faults: Problem[] = [];
  const { template, questionnaire } = action;
  if (template !== undefined && !names.templates.includes(template)) {
    faults.push(unknownName('template', template, names.templates, file.place([...path, 'template'])));
  }
  if (questionnaire !== undefined && !names.questionnaires.includes(questionnaire)) {
    faults.push(
      unknownName('questionnaire', questionnaire, names.questionnaires, file.place([...path, 'questionnaire'])),
    );
  }
  if (action.type === 'message' && !reachesPatient(action)) {
    const message = 'a `message` goes to patient or guardian; use `notify-staff` for staff';
    faults.push(problem('trigger.plan-invalid', message, file.place([...path, 'to'])));
  }
  if (action.type === 'notify-staff' && action.to === undefined) {
    faults.push(problem('trigger.plan-invalid', '`notify-staff` needs `to`', file.place(path)));
  }
  return faults;
}

function zoneFaults(file: YamlFile, plan: PlanSource): readonly Problem[] {
  if (plan.timezone === undefined) return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: plan.timezone });
    return [];
  } catch {
    const message = 'there is no such time zone; expected an IANA name such as `Asia/Shanghai`';
    return [problem('trigger.plan-invalid', message, file.place(['timezone']))];
  }
}

/** A problem for a name that nothing defines, with the nearest right one. */
export function unknownName(kind: string, name: string, known: readonly string[], place: Problem['at']): Problem {
  const meant = nearest(name, known);
  const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  return problem('trigger.name-unknown', `there is no ${kind} \`${name}\`${hint}`, place);
}

function expressionsOf(plan: PlanSource): readonly { readonly text: string; readonly path: Path }[] {
  const found: { text: string; path: Path }[] = [];
  const add = (text: string | undefined, ...path: Path): void => {
    if (text !== undefined) found.push({ text, path });
  };
  add(plan.enroll.when, 'enroll', 'when');
  add(plan.enroll.key, 'enroll', 'key');
  for (const [name, anchor] of Object.entries(plan.anchors ?? {})) add(anchor.from, 'anchors', name, 'from');
  plan.steps.forEach((step, index) => {
    add(step.when, 'steps', index, 'when');
    add(step.at?.repeat?.until, 'steps', index, 'at', 'repeat', 'until');
  });
  plan.replies?.rules.forEach((rule, index) => {
    add(rule.when, 'replies', 'rules', index, 'when');
  });
  plan.stop?.forEach((rule, index) => {
    add(rule.when, 'stop', index, 'when');
  });
  return found;
}

function actionsOf(plan: PlanSource): readonly { readonly action: Action; readonly path: Path }[] {
  const list = (actions: readonly Action[], ...path: Path): { action: Action; path: Path }[] =>
    actions.map((action, index) => ({ action, path: [...path, 'do', index] }));
  return [
    ...plan.steps.flatMap((step, index) => [
      ...list(step.do, 'steps', index),
      ...list(step.noReply?.do ?? [], 'steps', index, 'noReply'),
    ]),
    ...(plan.replies?.rules.flatMap((rule, index) => list(rule.do, 'replies', 'rules', index)) ?? []),
    ...list(plan.replies?.otherwise.do ?? [], 'replies', 'otherwise'),
  ];
}
