import type { ProblemTable } from './table.ts';

/** Problems of the area `record`. */
export const RECORD_PROBLEMS = {
  'record.patient-changed': {
    meaning: 'A message would give an existing resource to another person, and no move event (A43, A44, A45) said so.',
    advice: 'Compare the two patients; if the sender is right have it send the move, then process the message again.',
  },
  'record.merge-refused': {
    meaning: 'A message merges two accounts or visits (A35, A36, A41, A42) that belong to different persons.',
    advice:
      'Nothing was merged; merge the patients first (A40), or have the sender move the one that is wrong (A44, A45).',
  },
  'record.document-cut': {
    meaning:
      'The patient document reached its size limit and its lists were shortened; the counts beside them are exact.',
    advice: 'Read the full lists at the FHIR endpoint; look for a source that sends the same facts under new ids.',
  },
} as const satisfies ProblemTable;
