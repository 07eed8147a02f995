import type { ProblemTable } from './table.ts';

/** Problems of the area `trigger`. */
export const TRIGGER_PROBLEMS = {
  'trigger.yaml-invalid': {
    meaning: 'A follow-up file is not valid YAML.',
    advice: 'Correct the line named in the place; quote Chinese text that holds commas or colons.',
  },
  'trigger.plan-invalid': {
    meaning: 'A follow-up file does not fit its schema.',
    advice: 'Correct the setting named in the place; config/schemas/plan.schema.json lists what is allowed.',
  },
  'trigger.name-unknown': {
    meaning: 'A plan refers to an anchor, template, questionnaire, concept or role that nothing defines.',
    advice: 'Correct the name, or add the file that defines it.',
  },
  'trigger.path-unknown': {
    meaning: 'A FHIRPath expression names an element that R4 or the plan variables do not have.',
    advice: 'Correct the path: a misspelt one would be empty for every patient and the plan would never act.',
  },
  'trigger.read-unbounded': {
    meaning: 'A plan reads a kind of resource without narrowing it by code or time.',
    advice: "Put `.where(code …)`, a time or `.concept('…')` directly behind it.",
  },
  'trigger.key-with-person': {
    meaning: 'An enrolment key is made of a person or patient id.',
    advice: "Use an id of the cause (encounter, order, cycle), or a constant such as `'patient'` for one per patient.",
  },
  'trigger.quiet-hours-override': {
    meaning: 'A step that reaches a patient, guardian or contact would override quiet hours.',
    advice: 'Remove `quietHours: override`, or move the message into a step of its own.',
  },
  'trigger.pattern-invalid': {
    meaning: 'A reply pattern is not a regular expression.',
    advice: 'Correct the pattern named in the place.',
  },
  'trigger.template-invalid': {
    meaning: 'A message template cannot be read.',
    advice: 'Correct the Liquid syntax or the variable at the place.',
  },
  'trigger.template-diagnosis': {
    meaning: 'A template for patients holds a diagnosis word.',
    advice: 'Leave the word out: a text message is read by others; point to the hospital or a link instead.',
  },
  'trigger.template-failed': {
    meaning: 'A template could not be filled for one patient.',
    advice: 'Look which variable is missing; the step went to the work list instead.',
  },
  'trigger.plan-missing': {
    meaning: 'An enrolment is pinned to a plan version that the configuration no longer holds.',
    advice: 'Keep the file of every version that still has open enrolments, with status `retired`.',
  },
  'trigger.not-evaluable': {
    meaning: 'A condition, key or anchor of a plan gave no answer for one record.',
    advice: 'Look at the data named in the place: it lacks a unit, a full date, or a number.',
  },
  'trigger.occurrence-unknown': {
    meaning: 'There is no such occurrence, attempt or enrolment.',
    advice: 'List the open work with `jingluo plan work`.',
  },
  'trigger.clock-skew': {
    meaning: 'The clock of this node differs from the clock of the store by more than is safe.',
    advice: 'Synchronise the clocks (NTP); sending goes on by itself when they agree again.',
  },
} as const satisfies ProblemTable;
