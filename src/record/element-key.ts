/** Choice elements (`value[x]`) at the top level of the types that messages fill (FHIR R4). */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['onset'],
  ChargeItem: ['occurrence', 'product'],
  CommunicationRequest: ['occurrence'],
  Condition: ['onset', 'abatement'],
  Consent: ['source'],
  DeviceRequest: ['code', 'occurrence'],
  DeviceUseStatement: ['timing'],
  DiagnosticReport: ['effective'],
  FamilyMemberHistory: ['born', 'age', 'deceased'],
  Immunization: ['occurrence'],
  Media: ['created'],
  MedicationAdministration: ['medication', 'effective'],
  MedicationDispense: ['medication', 'statusReason'],
  MedicationRequest: ['medication', 'reported'],
  MedicationStatement: ['medication', 'effective'],
  Observation: ['value', 'effective'],
  Patient: ['deceased', 'multipleBirth'],
  Procedure: ['performed'],
  Provenance: ['occurred'],
  RiskAssessment: ['occurrence'],
  ServiceRequest: ['occurrence', 'quantity', 'asNeeded'],
  SupplyDelivery: ['occurrence'],
};

/**
 * What is replaced together: an element, its `_` sibling (extensions of a primitive), and all types of a choice.
 * @returns `birthDate`, `value[x]`
 */
export function elementKey(type: string, name: string): string {
  const bare = name.startsWith('_') ? name.slice(1) : name;
  for (const prefix of CHOICES[type] ?? []) {
    if (bare.length > prefix.length && bare.startsWith(prefix) && /[A-Z]/.test(bare.charAt(prefix.length))) {
      return `${prefix}[x]`;
    }
  }
  return bare;
}
