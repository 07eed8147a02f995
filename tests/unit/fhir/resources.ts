import type { FhirResource } from '../../../src/fhir/patch.ts';

/** A synthetic patient with every element that searches look at. */
export const PATIENT: FhirResource = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { tag: [{ system: 'urn:tags', code: 'demo' }], profile: ['http://example.org/profile|1.0'] },
  active: true,
  identifier: [{ system: 'urn:jingluo:ns:HOSP01', value: 'MR-001' }, { value: 'no-system' }],
  name: [
    { text: '歐陽靜', family: '欧阳', given: ['静'] },
    { family: 'Müller', given: ['Zoë', 'Ann'] },
  ],
  telecom: [
    { system: 'phone', value: '010-99000001' },
    { system: 'email', value: 'ouyang@example.org' },
  ],
  gender: 'female',
  birthDate: '1980-02-03',
  deceasedDateTime: '2026-03-01',
  address: [{ text: '北京市海淀区', city: '北京' }],
  generalPractitioner: [{ reference: 'Practitioner/d1' }],
};

/** A synthetic result with components. */
export const OBSERVATION: FhirResource = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }, { code: 'HBA1C' }], text: 'HbA1c' },
  subject: { reference: 'Patient/p1' },
  encounter: { reference: 'Encounter/e1/_history/3' },
  effectivePeriod: { start: '2026-03-02T10:00:00+08:00' },
  performer: [{ reference: 'Practitioner/d1' }, { reference: '#inside' }],
  valueQuantity: { value: 9.1, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
  component: [
    {
      code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
      valueQuantity: { value: 140, comparator: '>' },
    },
  ],
};

/** A synthetic appointment: its participants are told apart by type. */
export const APPOINTMENT: FhirResource = {
  resourceType: 'Appointment',
  id: 'a1',
  status: 'booked',
  start: '2026-03-05T09:00:00+08:00',
  end: '2026-03-05T09:30:00+08:00',
  participant: [
    { actor: { reference: 'Patient/p1' }, status: 'accepted' },
    { actor: { reference: 'Practitioner/d1' }, status: 'accepted' },
    { actor: { reference: 'Location/l1' }, status: 'accepted' },
  ],
};
