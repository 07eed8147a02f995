import { describe, expect, test } from '@jest/globals';
import { childNames, elementOf, isResourceType, typeNames } from '../../../src/fhir/elements.ts';

describe('the element model of R4', () => {
  test('knows the 146 resource types, abstract ones excluded', () => {
    expect(typeNames).toHaveLength(146);
    expect(isResourceType('DomainResource')).toBe(false);
  });

  test.each([
    ['Patient', 'name', { types: ['HumanName'], min: 0, max: Infinity }],
    ['Patient', 'name[0].family', { types: ['string'], max: 1 }],
    ['Patient', 'contact.name.family', { types: ['string'] }],
    ['Patient', 'gender', { types: ['code'], binding: 'http://hl7.org/fhir/ValueSet/administrative-gender' }],
    ['Patient', 'deceasedDateTime', { types: ['dateTime'], isChoice: true, path: 'deceased[x]' }],
    ['Patient', 'id', { types: ['id'] }],
    ['Observation', 'status', { min: 1, max: 1, isSummary: true }],
    ['Observation', 'valueQuantity.value', { types: ['decimal'] }],
    ['Observation', 'component.referenceRange.low.value', { types: ['decimal'] }],
    ['Observation', 'subject', { types: ['Reference'], targets: ['Patient', 'Group', 'Device', 'Location'] }],
    ['Observation', 'focus', { types: ['Reference'], targets: [] }],
    ['Questionnaire', 'item.item.item.linkId', { types: ['string'], min: 1 }],
    ['HumanName', 'period.start', { types: ['dateTime'] }],
    ['Extension', 'valueCodeableConcept.coding.code', { types: ['code'] }],
  ])('%s.%s', (type, path, expected) => {
    expect(elementOf(type, path)).toMatchObject(expected);
  });

  test.each([
    ['Patient', 'nmae'],
    ['Patient', 'name.family.x'],
    ['Observation', 'valueAddress'],
    ['Observation', 'value'],
    ['Nothing', 'id'],
  ])('%s.%s is no element', (type, path) => {
    expect(elementOf(type, path)).toBeUndefined();
  });

  test('names the children as JSON does', () => {
    expect(childNames('Observation', 'component')).toEqual(
      expect.arrayContaining(['code', 'valueQuantity', 'valueCodeableConcept', 'modifierExtension']),
    );
  });
});
