import type { ProblemTable } from './table.ts';

/** Problems of the area `hl7`. */
export const HL7_PROBLEMS = {
  'hl7.empty': {
    meaning: 'The message holds no bytes besides framing and blank lines.',
    advice: 'Look at the sender: it opened a frame or wrote a file without content.',
  },
  'hl7.no-msh': {
    meaning: 'The bytes do not begin with an MSH segment, so they are not an HL7 v2 message.',
    advice: 'Check that the sender speaks HL7 v2 over MLLP to this port, not HTTP, TLS or another protocol.',
  },
  'hl7.charset-unsupported': {
    meaning: 'MSH-18 names a character set of HL7 table 0211 that this engine cannot decode.',
    advice: 'Have the sender use UNICODE UTF-8 or GB 18030-2000.',
  },
  'hl7.charset-invalid': {
    meaning: 'The bytes are valid neither in the declared character set nor in the default, UTF-8 or GB18030.',
    advice: 'Look for a character cut in half or two character sets in one message at the sender.',
  },
  'hl7.charset-wrong': {
    meaning:
      'MSH-18 (or, without one, the channel) names a character set that the bytes are not in; another one was used.',
    advice: 'Have the sender declare what it sends, or set the charset of the channel.',
  },
  'hl7.charset-doubtful': {
    meaning: 'MSH-18 names a GB character set, and so the bytes were read, but they look like UTF-8.',
    advice: 'Compare a name with the sending system; if it is garbled, have the sender declare UNICODE UTF-8.',
  },
  'hl7.charset-unknown': {
    meaning: 'MSH-18 holds a name that is not a character set; another one was used.',
    advice: 'Have the sender use a name of HL7 table 0211, or set the charset of the channel.',
  },
  'hl7.charset-absent': {
    meaning: 'MSH-18 is empty but the message is not plain ASCII; its character set was guessed.',
    advice: 'Set the charset of the channel, or have the sender fill MSH-18.',
  },
  'hl7.charset-unencodable': {
    meaning: 'A text holds characters that the target character set cannot write; each became a question mark.',
    advice: 'Use UNICODE UTF-8 or GB 18030-2000 towards this partner.',
  },
  'hl7.delimiter-missing': {
    meaning: 'MSH-2 declares fewer than four encoding characters; the standard ones were taken for the rest.',
    advice: 'Have the sender write MSH-2 in full, usually ^~\\&.',
  },
  'hl7.delimiter-duplicate': {
    meaning: 'MSH-1 and MSH-2 use one character for two delimiters.',
    advice: 'Have the sender declare distinct delimiters, usually |^~\\&.',
  },
  'hl7.stray-line': {
    meaning: 'A line does not begin with a segment name; it was kept as text of the segment before it.',
    advice: 'Have the sender write line breaks inside a field as \\.br\\ or as a repetition.',
  },
  'hl7.segment-lower-case': {
    meaning: 'The name of a segment is in small letters; it was read as if it were in capitals.',
    advice: 'Have the sender write segment names in capital letters, as HL7 has them.',
  },
  'hl7.second-msh': {
    meaning: 'A second MSH segment stands inside one message.',
    advice: 'Have the sender frame each message by itself or send a proper batch.',
  },
  'hl7.segment-misplaced': {
    meaning: 'A segment stands where the message structure does not allow it; it went to the nearest place that does.',
    advice: 'Usually harmless; compare the order of segments with the message structure if data land wrongly.',
  },
  'hl7.segment-missing': {
    meaning: 'A segment that the message structure requires is missing.',
    advice: 'Ask the sender for the segment if the data it carries are needed.',
  },
} as const satisfies ProblemTable;
