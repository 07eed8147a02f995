import type { ProblemTable } from './table.ts';

/** Problems of the area `record`. */
export const RECORD_PROBLEMS = {
  'record.patient-changed': {
    meaning: 'A message would give an existing resource to another person, and no move event (A43, A44, A45) said so.',
    advice: 'Compare the two patients; if the sender is right have it send the move, then process the message again.',
  },
  'record.document-cut': {
    meaning:
      'The patient document reached its size limit and its lists were shortened; the counts beside them are exact.',
    advice: 'Read the full lists at the FHIR endpoint; look for a source that sends the same facts under new ids.',
  },
} as const satisfies ProblemTable;
