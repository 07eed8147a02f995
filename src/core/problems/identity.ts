import type { ProblemTable } from './table.ts';

/** Problems of the area `identity`. */
export const IDENTITY_PROBLEMS = {
  'identity.other-holder': {
    meaning:
      'The message calls another human being by a number that is in use: two valid different ID numbers, or name, birth date and sex all differ.',
    advice: 'Decide the review: the same person (renamed) or a new holder of the number; the message then runs again.',
  },
  'identity.merge-refused': {
    meaning: 'A merge or link by message names two people who cannot be one; it was accepted but not applied.',
    advice: 'Decide the review, and tell the clerk who merged them in the sending system.',
  },
  'identity.self-merge': {
    meaning: 'A merge names the same number as surviving and as retired.',
    advice: 'Nothing was merged; correct it in the sending system if two numbers were meant.',
  },
  'identity.merge-across': {
    meaning: 'A merge names numbers of two different namespaces; it was applied.',
    advice: 'Check PID-3 and MRG-1 of the sender: A40 is meant for numbers of one kind, A24 for a link across systems.',
  },
  'identity.identifier-exists': {
    meaning: 'A change of identifier names a new number that is in use already; it was not applied.',
    advice: 'Ask the sender for a merge (A40) if both numbers are one person.',
  },
  'identity.delete-overtaken': {
    meaning: 'A message deletes a patient (A29) of whom something newer is known; it was not applied.',
    advice: 'If the patient is to go all the same, have the sender delete it again.',
  },
  'identity.unknown-record': {
    meaning: 'No source record with this id or number exists.',
    advice: 'Check the id; `person show` finds a person by any of its numbers.',
  },
  'identity.same-record': {
    meaning: 'An operation on two source records names one of them twice.',
    advice: 'Name two different source records.',
  },
  'identity.two-id-numbers': {
    meaning: 'The two persons hold two valid different ID numbers, which no single person may hold.',
    advice: 'A second person must confirm the merge; without that they stay apart.',
  },
  'identity.needs-second-person': {
    meaning: 'Both persons have clinical data, so a second person must confirm the merge.',
    advice: 'Have a colleague decide the same review, or name who confirmed it.',
  },
  'identity.not-together': {
    meaning: 'The two source records are not in one person, so there is nothing to split.',
    advice: 'Look at `person explain` for the members.',
  },
  'identity.not-owner': {
    meaning: 'A FHIR client wants to write a Patient that is the record of another source.',
    advice:
      'Write a Patient of your own with the same identifiers (they become one person), or let the owner change it.',
  },
  'identity.unknown-review': {
    meaning: 'No open review with this id and candidate exists.',
    advice: 'List the open reviews; it may have been decided or have become pointless.',
  },
} as const satisfies ProblemTable;
