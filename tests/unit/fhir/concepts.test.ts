import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

import { compileConcepts, CONCEPT_SCHEMA, type ConceptDefinition } from '../../../src/fhir/concepts.ts';

const ICD = 'http://hl7.org/fhir/sid/icd-10';
const FILES = readdirSync('config/concepts').map(
  (file) => parse(readFileSync(`config/concepts/${file}`, 'utf8')) as ConceptDefinition,
);

describe('concepts', () => {
  test('the shipped files keep the schema and have ids of their own', () => {
    const validate = new Ajv2020({ allErrors: true }).compile(CONCEPT_SCHEMA);
    const faults = FILES.map((file): unknown => (validate(file) ? undefined : validate.errors));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    expect(new Set(FILES.map(({ id }) => id)).size).toBe(FILES.length);
  });

  test.each<[string, string, readonly [string, string], readonly string[]]>([
    ['by prefix', 'Condition', [ICD, 'E11.900'], ['t2dm']],
    ['by prefix in the national edition', 'Condition', ['urn:icd10gl', 'E11.900'], ['t2dm']],
    ['not by a code that only begins alike', 'Condition', [ICD, 'E1'], []],
    ['not in another system', 'Condition', ['urn:local', 'E11.900'], []],
    ['not in another type', 'Observation', [ICD, 'E11.900'], []],
    ['operation', 'Procedure', ['urn:icd9cm3', '81.5400'], ['joint-replacement']],
    ['whole code', 'Observation', ['http://loinc.org', '4548-4'], ['hba1c']],
    ['a fact with several faces', 'Condition', [ICD, 'Z51.1'], ['chemo-cycle']],
  ])('%s', (_name, resourceType, [system, code], expected) => {
    expect(compileConcepts(FILES).of({ resourceType, code: { coding: [{ system, code }] } })).toEqual(expected);
  });

  test('a medication by its class', () => {
    const coding = [{ system: 'http://www.whocc.no/atc', code: 'L01XC07' }];
    const order = { resourceType: 'MedicationRequest', medicationCodeableConcept: { coding } };
    expect(compileConcepts(FILES).of(order)).toEqual(['chemo-cycle']);
  });
});
