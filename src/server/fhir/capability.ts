import { typeNames } from '../../fhir/elements.ts';
import { stringifyFhir } from '../../fhir/json.ts';
import { parametersOf } from '../../fhir/search-parameters.ts';
import type { Reply } from '../reply.ts';
import { FHIR_JSON } from './status.ts';

const INTERACTIONS = [
  'read',
  'vread',
  'update',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const;

/** `GET [base]/metadata` (R4 capabilitystatement.html): derived from the tables that serve it. */
export function capabilityStatement(base: string, version: string, started: Date): Reply {
  const statement = {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: started.toISOString(),
    kind: 'instance',
    software: { name: 'Jingluo', version },
    implementation: { description: 'Jingluo FHIR endpoint', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        interaction: [{ code: 'batch' }, { code: 'transaction' }],
        resource: typeNames.map((type) => resourceOf(type)),
      },
    ],
  };
  return { status: 200, contentType: FHIR_JSON, body: stringifyFhir(statement) };
}

function resourceOf(type: string): Readonly<Record<string, unknown>> {
  const parameters = [...parametersOf(type).values()];
  const references = parameters.filter((parameter) => parameter.type === 'reference');
  return {
    type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalUpdate: true,
    conditionalDelete: 'single',
    ...(references.length === 0 ? {} : { searchInclude: references.map(({ code }) => `${type}:${code}`) }),
    searchParam: parameters.map(({ code, type: kind }) => ({ name: code, type: kind })),
    ...(type === 'Patient' ? { operation: OPERATIONS } : {}),
  };
}

const OPERATIONS = [
  { name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' },
  { name: 'sources', definition: 'urn:jingluo:operation:patient-sources' },
];
