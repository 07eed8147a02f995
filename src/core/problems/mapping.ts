import type { ProblemTable } from './table.ts';

/** Problems of the area `mapping`. */
export const MAPPING_PROBLEMS = {
  'mapping.syntax': {
    meaning: 'A mapping file is not valid YAML, or an expression or condition in it cannot be read.',
    advice: 'Correct the text at the given line and column.',
  },
  'mapping.shape': {
    meaning: 'A mapping file has a key or a value that the format does not know.',
    advice: 'Compare the place with docs/mapping.md; the message names what was expected.',
  },
  'mapping.unknown-element': {
    meaning: 'A rule sets an element that the FHIR type does not have.',
    advice: 'Use the nearest name that the message gives, or look the type up in FHIR R4.',
  },
  'mapping.unknown-path': {
    meaning:
      'An expression names a segment, field or component that HL7 or the structure of the message does not have.',
    advice: 'Correct the path; declare a Z segment under `segments:` before using it.',
  },
  'mapping.no-converter': {
    meaning: 'There is no conversion from the HL7 type of the expression to the FHIR type of the element.',
    advice: 'Map a component of the field, or put a function such as text or table between them.',
  },
  'mapping.required-element': {
    meaning: 'A rule builds a FHIR element without one of its required children.',
    advice: 'Set the named child too.',
  },
  'mapping.repeats': {
    meaning: 'A field or segment that repeats is put into an element that holds one value.',
    advice: 'Choose one with [1], or use first or join.',
  },
  'mapping.unknown-function': {
    meaning: 'An expression calls a function that does not exist.',
    advice: 'Use one of the functions listed in docs/mapping.md.',
  },
  'mapping.bad-argument': {
    meaning: 'A function got an argument that it does not take, or lacks one.',
    advice: 'Compare the call with the examples of the function.',
  },
  'mapping.unknown-name': {
    meaning: 'A mapping refers to a resource, part, table, structure or base mapping that does not exist.',
    advice: 'Correct the name; the message gives the nearest one.',
  },
  'mapping.code-not-in-value-set': {
    meaning: 'A rule or table gives a code that the required value set of the element does not contain.',
    advice: 'Use one of the codes of the value set.',
  },
  'mapping.unknown-event': {
    meaning: 'No mapping exists for the event of the message (MSH-9).',
    advice: 'Add a mapping for the event, or ask the sender not to send it.',
  },
  'mapping.invalid-value': {
    meaning: 'A value does not have the form of its type, so the element was left out.',
    advice: 'Look at the field in the message and have the sender correct it.',
  },
  'mapping.table-lacks-code': {
    meaning: 'A translation table does not contain the code that was sent.',
    advice: 'Add the code to the table of the site.',
  },
  'mapping.no-key': {
    meaning: 'A resource has no key in the message, so its id holds for this message only.',
    advice: 'Have the sender fill the key field; without it later messages make a second resource.',
  },
  'mapping.same-key': {
    meaning: 'Two parts of one message give the same key.',
    advice: 'Check whether the sender repeats a number by mistake; the parts were combined or numbered.',
  },
  'mapping.required-missing': {
    meaning: 'A required element of a resource came out empty, so the resource was left out.',
    advice: 'Look at the named field in the message; its values are on the unmapped list.',
  },
  'mapping.required-null': {
    meaning: 'A message deletes (HL7 null) an element that its resource cannot be without, so that was not done.',
    advice: 'Have the sender send the right value instead of "" in the field.',
  },
  'mapping.rule-broken': {
    meaning:
      'The parts of an element came out so that they break an invariant of R4 together, so the element was left out.',
    advice: 'Look at the named element and the fields that it is made of; have the sender send what is missing.',
  },
  'mapping.test-failed': {
    meaning: 'A case of a mapping test gave another value than the file expects.',
    advice: 'Correct the mapping, or the expectation if the new value is right.',
  },
  'mapping.bad-setting': {
    meaning: 'A setting of a receiver of outbound messages has no form that can be used.',
    advice: 'Correct the named setting in `header:` of the mapping or in the settings of the destination.',
  },
  'mapping.self-merge': {
    meaning: 'A merge message names the same number as wrong and as right.',
    advice: 'Nothing was merged; have the sender correct the message.',
  },
  'mapping.no-target': {
    meaning: 'A message moves a number to another patient but does not say to whom.',
    advice: 'Nothing was moved; have the sender name the right patient in PID-3 (or PID-2) beside the moved number.',
  },
} as const satisfies ProblemTable;
