import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import { nearest } from '../../core/nearest.ts';
import { parseDuration } from '../duration.ts';
import type { YamlFile } from './yaml-file.ts';

/** Compiles a JSON Schema with the formats `fhirpath` and `duration`, ajv strict. */
export function compileSchema(schema: unknown, isFhirPath: (text: string) => boolean): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
  });
  ajv.addFormat('fhirpath', { type: 'string', validate: isFhirPath });
  ajv.addFormat('duration', { type: 'string', validate: (text: string) => parseDuration(text) !== undefined });
  return ajv.compile(schema as object);
}

/** Faults of a file against a schema, each with its place; empty when it fits. */
export function schemaFaults(validate: ValidateFunction, file: YamlFile): readonly Problem[] {
  if (validate(file.value)) return [];
  const errors = (validate.errors ?? []).filter((error) => error.keyword !== 'if');
  return errors.map((error) => faultOf(error, file));
}

function faultOf(error: ErrorObject, file: YamlFile): Problem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const params: Readonly<Record<string, unknown>> = error.params;
  const extra = params['additionalProperty'];
  if (typeof extra === 'string') {
    const hint = nearest(extra, knownKeys(error));
    const message = `there is no setting \`${extra}\` here${hint === undefined ? '' : `; did you mean \`${hint}\`?`}`;
    return problem('trigger.plan-invalid', message, file.place(path, extra));
  }
  return problem('trigger.plan-invalid', sentence(error, params), file.place(path));
}

function sentence(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  const allowed = params['allowedValues'];
  if (Array.isArray(allowed)) return `expected one of ${allowed.map(String).join(', ')}`;
  if (error.keyword === 'format' && params['format'] === 'fhirpath') return 'this is not a FHIRPath expression';
  return error.message ?? 'does not fit the schema';
}

function knownKeys(error: ErrorObject): readonly string[] {
  const properties: unknown = (error.parentSchema as Readonly<Record<string, unknown>> | undefined)?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
