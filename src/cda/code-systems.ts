/** Code systems of CDA documents by OID, where FHIR has another URI for them. */
const URIS: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  '2.16.840.1.113883.6.4': 'http://www.cms.gov/Medicare/Coding/ICD10',
  '2.16.840.1.113883.6.103': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.104': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.12': 'http://www.ama-assn.org/go/cpt',
  '2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  '2.16.840.1.113883.6.8': 'http://unitsofmeasure.org',
  '2.16.840.1.113883.6.69': 'http://hl7.org/fhir/sid/ndc',
  '2.16.840.1.113883.12.292': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.6.73': 'http://www.whocc.no/atc',
  '2.16.840.1.113883.5.1': 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender',
  '2.16.840.1.113883.5.2': 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
  '2.16.840.1.113883.5.4': 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  '2.16.840.1.113883.5.25': 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  '2.16.840.1.113883.5.83': 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  '2.16.840.1.113883.5.111': 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  '2.16.840.1.113883.5.112': 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
};

/** Tables of WS 364 that hold ICD-10 in the Chinese edition (and its parts `.1`, `.2` …), and the procedures of ICD-9-CM-3. */
const DISEASES = '2.16.156.10011.2.3.3.11';
const OPERATIONS = '2.16.156.10011.2.3.3.12';

const isOf = (oid: string, table: string): boolean => oid === table || oid.startsWith(`${table}.`);

/** URI of a code system by its OID; undefined where a document names none. */
export function systemUri(oid: string): string | undefined {
  if (oid === '') return undefined;
  if (isOf(oid, DISEASES)) return 'http://hl7.org/fhir/sid/icd-10';
  if (isOf(oid, OPERATIONS)) return 'urn:icd9cm3';
  return URIS[oid] ?? (/^[0-2](?:\.(?:0|[1-9]\d*))+$/u.test(oid) ? `urn:oid:${oid}` : undefined);
}

/** True for systems whose codes name diseases. */
export function namesDiseases(oid: string): boolean {
  return isOf(oid, DISEASES) || /^2\.16\.840\.1\.113883\.6\.(?:3|90|103)$/u.test(oid);
}
