import type { ProblemTable } from './table.ts';

/** Problems of the area `pipeline`. */
export const PIPELINE_PROBLEMS = {
  'pipeline.key-field-missing': {
    meaning: 'A field without which the message cannot be used is empty or absent.',
    advice: 'Have the sender fill the field named in the place, then send or replay the message.',
  },
  'pipeline.no-control-id': {
    meaning: 'The message has no MSH-10, so a re-send could not be told from a new message.',
    advice: 'Have the sender put a unique number into MSH-10 of every message.',
  },
  'pipeline.control-id-reused': {
    meaning: 'An earlier message of the same sender has the same MSH-10 but other content.',
    advice: 'Nothing is lost, the message was processed; ask the sender to number its messages uniquely.',
  },
  'pipeline.event-time-ahead': {
    meaning:
      'The event time of the message lies more than 10 minutes after its receipt; it was taken as received then.',
    advice: "Check the clock of the sending system and its time zone; set the channel's `timezone` if it sends none.",
  },
  'pipeline.event-time-invalid': {
    meaning: 'EVN-2 or MSH-7 is not a valid HL7 time; the next best time was taken.',
    advice: 'Have the sender write times as YYYYMMDDHHMMSS[+ZZZZ].',
  },
  'pipeline.poison': {
    meaning: 'The engine stopped uncleanly three times while it was processing this message.',
    advice: 'Keep the message, report it with `jingluo messages show ID --raw`, and replay it after an upgrade.',
  },
  'pipeline.bug': {
    meaning: 'Processing the message met a fault of the engine itself.',
    advice: 'Report it with the message id; after an upgrade use `jingluo replay ID`.',
  },
  'pipeline.pending': {
    meaning: 'The message is stored and will be processed, but not within the time that the sender waits.',
    advice: 'Nothing to do; raise `ackTimeout` of the channel or use `ack: checked` if this happens often.',
  },
  'pipeline.store-unavailable': {
    meaning: 'The store could not write, so nothing was kept and no answer was given.',
    advice: 'Look at the store (`/ready`, disk space, MongoDB); the sender will send again.',
  },
  'pipeline.too-many-parts': {
    meaning: 'The message has more segments, fields of a segment or repetitions of a field than any real one.',
    advice: 'Look at what the sender sends; split a message that is really that large.',
  },
  'pipeline.lists-cut': {
    meaning: 'The message has more warnings or unmapped fields than its journal row lists.',
    advice: 'Use `jingluo explain` on the message for the whole list.',
  },
  'pipeline.unknown-message': {
    meaning: 'There is no message with this id.',
    advice: 'List messages with `jingluo messages`.',
  },
  'pipeline.unknown-channel': {
    meaning: 'The message came by a channel that the configuration no longer has.',
    advice: 'Put the channel back into the configuration, then `jingluo replay ID`.',
  },
  'pipeline.unknown-content-type': {
    meaning: 'No part of the engine reads this type of content.',
    advice: 'Send application/hl7-v2 or application/fhir+json.',
  },
  'pipeline.bytes-missing': {
    meaning: 'The journal knows the message but its bytes are gone from the store.',
    advice: 'Restore the collection `messages` from a backup, then replay the message.',
  },
  'pipeline.not-replayable': {
    meaning: 'The message cannot be processed again in its present state.',
    advice: 'A message that is still `stored` is about to be processed; wait for it.',
  },
  'pipeline.conflict': {
    meaning: 'Others kept changing the same rows while this write was being decided.',
    advice: 'Send the request again.',
  },
  'pipeline.client-gone': {
    meaning: 'A FHIR client closed its connection before its write was made; nothing was written.',
    advice: 'Send the request again, with a longer time-out in the client.',
  },
  'pipeline.queries-off': {
    meaning: 'A query (QBP) came on a channel that answers none.',
    advice: 'Set `queries` of the channel to `all` or to the namespaces that its partner may see.',
  },
  'pipeline.query-unsupported': {
    meaning: 'The query is none of those that are answered: QBP^Q21, Q22 and Q23, immediate, limited by records.',
    advice: 'Send one of these; docs/queries.md says what each may ask.',
  },
  'pipeline.query-invalid': {
    meaning: 'A parameter of the query cannot be read, or asks for a field that persons are not found by.',
    advice: 'Correct the place in the error; docs/queries.md lists the fields.',
  },
  'pipeline.query-key-unknown': {
    meaning: 'Nobody that the channel may see has the number that the query asks about.',
    advice: 'Check number, assigning authority and kind (QPD-3).',
  },
  'pipeline.query-domain-unknown': {
    meaning: 'A domain of the query is neither configured nor met in any message, or the channel may not see it.',
    advice: 'Write the domain as the messages do (CX-4); look at `queries` of the channel and `ids` of the sources.',
  },
  'pipeline.query-key-ambiguous': {
    meaning: 'The number that the query asks about belongs to several persons.',
    advice: 'Say which kind of number is meant (CX-5); `jingluo person show` tells whose it is.',
  },
  'pipeline.precondition-failed': {
    meaning:
      'The version named by If-Match is not the current one, or a condition does not match exactly one resource.',
    advice:
      'Read the resource again and repeat the change on the current version, or make the condition match one resource.',
  },
} as const satisfies ProblemTable;
