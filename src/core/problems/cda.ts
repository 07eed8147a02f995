import type { ProblemTable } from './table.ts';

/** Problems of the area `cda`. */
export const CDA_PROBLEMS = {
  'cda.not-xml': {
    meaning:
      'A document is not well-formed XML, declares a document type, or is far larger than clinical documents are.',
    advice:
      'Have the sender post one well-formed CDA document without a DOCTYPE; the message says where it breaks off.',
  },
  'cda.charset': {
    meaning:
      'The bytes of a document are valid neither in the character set that it declares nor in UTF-8 or GB 18030.',
    advice: 'Have the sender write the document in the encoding that its first line names, best UTF-8.',
  },
  'cda.not-a-document': {
    meaning: 'The root of the XML is no ClinicalDocument (HL7 CDA R2, WS/T 500).',
    advice: 'Post HL7 v2 as application/hl7-v2 and FHIR at the FHIR endpoint; only CDA documents are taken as XML.',
  },
  'cda.no-number': {
    meaning: 'A document has no id, or its patient none, so it cannot be told from others.',
    advice: 'Have the sender fill ClinicalDocument/id and recordTarget/patientRole/id, then send the document again.',
  },
  'cda.other-patient': {
    meaning: 'A document inside a message names another resident identity number or record number than the message.',
    advice: 'Nothing of the document was taken but the document itself; find out at the sender whose document it is.',
  },
  'cda.invalid-value': {
    meaning: 'A value of a document does not have the form of its type; it is left out and stays in the document.',
    advice: 'Have the sender correct the value at the place that is named.',
  },
} as const satisfies ProblemTable;
