import { describe, expect, test } from '@jest/globals';
import { parseFhir } from '../../../src/fhir/json.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { validate } from '../../../src/fhir/validate/validate.ts';
import { APPOINTMENT, OBSERVATION, PATIENT } from './resources.ts';

const found = (resource: FhirResource): string[] =>
  validate(resource).map(({ problem }) => `${problem.code} ${problem.at?.path ?? ''}`);
const obs = (change: object): FhirResource => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...change,
});
const pat = (change: object): FhirResource => ({ resourceType: 'Patient', ...change });

describe('the validator', () => {
  test.each([
    PATIENT,
    APPOINTMENT,
    { ...OBSERVATION, performer: [{ reference: 'Practitioner/d1' }] },
    obs({ valueQuantity: { value: parseFhir('9.10') } }),
    obs({ valueString: 'a', _status: { extension: [{ url: 'urn:x', valueCode: 'y' }] } }),
    pat({ name: [{ given: ['a', null], _given: [null, { id: 'x' }] }] }),
    pat({
      managingOrganization: { reference: '#o' },
      contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
    }),
    {
      resourceType: 'Questionnaire',
      status: 'active',
      item: [{ linkId: '1', type: 'group', item: [{ linkId: '1.1', type: 'string' }] }],
    },
    { resourceType: 'Bundle', type: 'collection', entry: [{ resource: PATIENT }] },
    pat({ photo: [{ contentType: 'a b', data: ' YWJj\nYWJj ' }] }),
  ])('finds nothing wrong with a right resource %#', (resource) => {
    expect(found(resource)).toEqual([]);
  });

  test('looks at megabytes as at a few bytes', () => {
    const photo = [{ contentType: 'a '.repeat(2_000_000) + 'a', data: 'YWJj'.repeat(1_500_000) }];
    expect(found(pat({ photo }))).toEqual([]);
    expect(found(pat({ photo: [{ contentType: 'a/b', data: 'YWJj'.repeat(1_500_000) + '!' }] }))).toHaveLength(1);
  });

  test.each([
    [pat({ nmae: [] }), ['fhir.unknown-element Patient.nmae']],
    [pat({ name: { family: 'x' } }), ['fhir.shape-invalid Patient.name']],
    [pat({ name: [] }), ['fhir.shape-invalid Patient.name']],
    [pat({ gender: null }), ['fhir.shape-invalid Patient.gender']],
    [pat({ name: [{}] }), ['fhir.shape-invalid Patient.name[0]']],
    [pat({ name: [{ family: '' }] }), ['fhir.value-invalid Patient.name[0].family']],
    [pat({ birthDate: '2026-02-30' }), ['fhir.value-invalid Patient.birthDate']],
    [pat({ birthDate: '2026-02-03T10:00:00Z' }), ['fhir.value-invalid Patient.birthDate']],
    [pat({ deceasedBoolean: false, deceasedDateTime: '2026' }), ['fhir.choice-repeated Patient.deceasedDateTime']],
    [pat({ gender: 'f' }), ['fhir.code-invalid Patient.gender']],
    [pat({ multipleBirthInteger: 1.5 }), ['fhir.value-invalid Patient.multipleBirthInteger']],
    [pat({ multipleBirthInteger: 3_000_000_000 }), ['fhir.value-invalid Patient.multipleBirthInteger']],
    [obs({ valueRange: { low: { comparator: '<', value: 1 } } }), ['fhir.rule-broken Observation.valueRange']],
    [pat({ photo: [{ contentType: 'a/b', data: 'YWJj=A' }] }), ['fhir.value-invalid Patient.photo[0].data']],
    [pat({ photo: [{ contentType: 'a  b' }] }), ['fhir.value-invalid Patient.photo[0].contentType']],
    [pat({ id: 'a b' }), ['fhir.value-invalid Patient.id']],
    [
      pat({ managingOrganization: { reference: 'Patient/1' } }),
      ['fhir.reference-invalid Patient.managingOrganization.reference'],
    ],
    [
      pat({ managingOrganization: { reference: 'Organisation/1' } }),
      ['fhir.reference-invalid Patient.managingOrganization.reference'],
    ],
    [
      pat({ managingOrganization: { reference: '#o' } }),
      ['fhir.reference-invalid Patient.managingOrganization.reference'],
    ],
    [
      pat({ contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }] }),
      ['fhir.rule-broken Patient.contained[0]'],
    ],
    [
      pat({ address: [{ period: { start: '2026-02', end: '2026-01-31' } }] }),
      ['fhir.rule-broken Patient.address[0].period'],
    ],
    [pat({ contact: [{ gender: 'male' }] }), ['fhir.rule-broken Patient.contact[0]']],
    [pat({ extension: [{ url: 'urn:x' }] }), ['fhir.rule-broken Patient.extension[0]']],
    [pat({ _birthdate: {} }), ['fhir.unknown-element Patient._birthdate']],
    [pat({ text: { status: 'generated', div: '<p>x</p>' } }), ['fhir.value-invalid Patient.text.div']],
    [{ resourceType: 'Observation', status: 'final' }, ['fhir.element-missing Observation.code']],
    [obs({ effectiveDateTime: '2026-01-01T10:00:00' }), ['fhir.value-invalid Observation.effectiveDateTime']],
    [obs({ issued: '2026-01-01' }), ['fhir.value-invalid Observation.issued']],
    [obs({ valueAddress: {} }), ['fhir.unknown-element Observation.valueAddress']],
    [obs({ valueString: 'a', dataAbsentReason: { text: 'b' } }), ['fhir.rule-broken Observation']],
    [obs({ valueQuantity: { value: '9.1' } }), ['fhir.value-invalid Observation.valueQuantity.value']],
    [obs({ component: [{ valueString: 'x' }] }), ['fhir.element-missing Observation.component[0].code']],
    [
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: pat({ gender: 'f' }) }] },
      ['fhir.code-invalid Bundle.entry[0].resource.gender'],
    ],
    [{ resourceType: 'Pateint' }, ['fhir.unknown-type Pateint']],
  ])('finds a fault %#', (resource, expected) => {
    expect(found(resource)).toEqual(expected);
  });

  test('names the nearest element', () => {
    expect(validate(pat({ brithDate: '2026' }))[0]?.problem.message).toContain('did you mean "birthDate"');
  });
});
