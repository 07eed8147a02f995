import type { ProblemTable } from './table.ts';

/** Problems of the area `fhir`. */
export const FHIR_PROBLEMS = {
  'fhir.json-invalid': {
    meaning: 'The text is not a JSON object with a resourceType.',
    advice: 'Send one FHIR R4 resource as JSON; the message says where the text breaks off.',
  },
  'fhir.unknown-type': {
    meaning: 'The resource type does not exist in FHIR R4.',
    advice: 'Use a resource type of R4 (4.0.1), spelled as there, capital first.',
  },
  'fhir.unknown-element': {
    meaning: 'The resource has an element that R4 does not declare there.',
    advice: 'Correct the name (the message names the nearest), or use an extension.',
  },
  'fhir.shape-invalid': {
    meaning: 'An element has the wrong JSON shape: a list for a single value, an empty list or object, or null.',
    advice: 'Leave elements without a value out; repeat only what R4 lets repeat.',
  },
  'fhir.element-missing': {
    meaning: 'A required element is missing.',
    advice: 'Add the element at the place that the message names.',
  },
  'fhir.choice-repeated': {
    meaning: 'A choice element (`value[x]`) is given in more than one type.',
    advice: 'Keep one of them.',
  },
  'fhir.value-invalid': {
    meaning: 'A value does not have the form of its primitive type, or names no real day or time.',
    advice: 'Correct the value; the message names the type and its form.',
  },
  'fhir.code-invalid': {
    meaning: 'A code is not in the value set that R4 requires there.',
    advice: 'Use a code of the value set that the message names.',
  },
  'fhir.reference-invalid': {
    meaning: 'A reference points at a type that is not allowed there, or into the resource at nothing.',
    advice: 'Point at one of the types that the message names, or add the contained resource.',
  },
  'fhir.rule-broken': {
    meaning: 'An invariant of R4 is broken.',
    advice: 'The message names the rule and what it asks for.',
  },
  'fhir.search-parameter-unknown': {
    meaning: 'The search parameter is not defined for this resource type.',
    advice: 'Use a parameter that the CapabilityStatement lists; the message names the nearest.',
  },
  'fhir.search-value-invalid': {
    meaning: 'The value of a search parameter cannot be read.',
    advice: 'Write it as R4 says for the type of the parameter; the message names the expected form.',
  },
  'fhir.search-unsupported': {
    meaning: 'A modifier, chain, sort or include is not supported here.',
    advice: 'Leave it out, or search in two steps; the message names what is supported.',
  },
  'fhir.search-cursor-invalid': {
    meaning: 'The page cursor does not belong to this search, or was not given by this installation.',
    advice: 'Follow the links of a search result, or start the search again.',
  },
} as const satisfies ProblemTable;
