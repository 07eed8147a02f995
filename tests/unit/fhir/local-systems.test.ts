import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  codesName,
  namedCodes,
  namedNamespace,
  namespaceName,
  namespaceSystem,
} from '../../../src/fhir/local-systems.ts';

test('any name comes back from its system', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      expect([namespaceName(namedNamespace(name)), codesName(namedCodes(name))]).toEqual([name, name]);
    }),
  );
});

test.each([
  ['HIS', 'urn:jingluo:namespace/HIS'],
  ['2.16.156.1', 'urn:oid:2.16.156.1'],
  ['1.23', 'urn:jingluo:namespace/1.23'],
  ['http://example.org/ids', 'http://example.org/ids'],
])('the namespace %s has the system %s', (namespace, system) => {
  expect(namespaceSystem(namespace)).toBe(system);
});

test.each([
  ['urn:jingluo:namespace/%E0', '%E0'],
  ['urn:jingluo:namespace/', undefined],
  ['http://example.org/ids', undefined],
])('of %s the name is %s', (system, name) => {
  expect(namespaceName(system)).toBe(name);
});
