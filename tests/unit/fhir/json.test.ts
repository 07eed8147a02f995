import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentHash } from '../../../src/fhir/content-hash.ts';
import { decimalValue, fhirDecimal, isObject, parseFhir, stringifyFhir } from '../../../src/fhir/json.ts';

describe('FHIR JSON', () => {
  test.each([
    '9.10',
    '0',
    '-0',
    '1e3',
    '1E-7',
    '100.00',
    '0.0000001',
    '12345678901234567890.5',
    '3.14159265358979323846',
  ])('keeps the digits of %s', (digits) => {
    const text = `{"a":{"value":${digits}},"b":[1.5,${digits},"${digits}"]}`;
    expect(stringifyFhir(parseFhir(text))).toBe(text);
    expect(decimalValue(fhirDecimal(digits))).toBe(Number(digits));
  });

  test('numbers that lose nothing stay plain numbers', () => {
    expect(parseFhir('{"value":9.1,"n":10,"t":"x 9.10, y"}')).toEqual({ value: 9.1, n: 10, t: 'x 9.10, y' });
  });

  test.each(['01', '1.', '.5', '+1', '1e', '', 'NaN'])('%j is no decimal', (text) => {
    expect(fhirDecimal(text)).toBeUndefined();
  });

  test('what is not JSON is refused, with and without decimals', () => {
    expect(() => parseFhir('{"a":9.10,}')).toThrow(SyntaxError);
    expect(() => parseFhir('{"a":0019.10}')).toThrow(SyntaxError);
    expect(() => parseFhir('{"a":')).toThrow(SyntaxError);
  });

  test('reads and writes whatever JSON has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(stringifyFhir(parseFhir(text))).toBe(text);
      }),
    );
  });

  test('a decimal is no object of elements', () => {
    expect(isObject(fhirDecimal('9.10'))).toBe(false);
  });
});

describe('the content hash', () => {
  const base = { resourceType: 'Observation', id: 'a', status: 'final', valueQuantity: { value: 9.1, unit: '%' } };

  test('ignores version, time, source and the order of properties', () => {
    const meta = { versionId: '3', lastUpdated: '2026-01-01T00:00:00Z', source: 'urn:x' };
    const turned = {
      meta,
      valueQuantity: { unit: '%', value: 9.1 },
      status: 'final',
      id: 'a',
      resourceType: 'Observation',
    };
    expect(contentHash(turned)).toBe(contentHash(base));
  });

  test.each([
    ['another status', { ...base, status: 'amended' }],
    ['more digits', { ...base, valueQuantity: { value: fhirDecimal('9.10'), unit: '%' } }],
    ['a tag', { ...base, meta: { tag: [{ code: 'x' }] } }],
  ])('sees %s', (_what, other) => {
    expect(contentHash(other)).not.toBe(contentHash(base));
  });
});
