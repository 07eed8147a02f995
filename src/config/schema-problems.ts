import type { ErrorObject } from 'ajv/dist/2020.js';

import { didYouMean } from '../core/nearest.ts';
import { problem, type Problem } from '../core/problem.ts';
import type { YamlFile, YamlPath } from './yaml-document.ts';

/** Turns what ajv found into problems with file, line and column, one for each fault. */
export function schemaProblems(file: YamlFile, errors: readonly ErrorObject[]): readonly Problem[] {
  const own = errors.filter((error) => !['if', 'oneOf', 'anyOf', 'allOf'].includes(error.keyword));
  const shown = own.length > 0 ? own : errors;
  const seen = new Set<string>();
  return shown.flatMap((error) => {
    const found = describe(file, error);
    const line = JSON.stringify(found);
    if (seen.has(line)) return [];
    seen.add(line);
    return [found];
  });
}

function describe(file: YamlFile, error: ErrorObject): Problem {
  const path = pathOf(error.instancePath);
  const params: Readonly<Record<string, unknown>> = error.params;
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    const name = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
    const place = file.place([...path, name], true);
    return problem(
      'config.unknown-setting',
      `There is no setting "${name}" here${didYouMean(name, siblings(error))}.`,
      {
        ...place,
        path: [...path, name].join('.'),
      },
    );
  }
  return problem('config.invalid', `${sentence(error, params)}.`, { ...file.place(path), path: path.join('.') });
}

function sentence(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  switch (error.keyword) {
    case 'required':
      return `The setting "${String(params['missingProperty'])}" is missing`;
    case 'enum':
      return `Expected one of ${list(params['allowedValues'])}${didYouMean(String(error.data), strings(params['allowedValues']))}`;
    case 'const':
      return `Expected ${JSON.stringify(params['allowedValue'])}`;
    case 'type':
      return `Expected ${String(params['type'])}`;
    case 'pattern':
      return `Expected a text of the form ${String(params['pattern'])}`;
    default:
      return `It ${error.message ?? 'is not allowed'}`;
  }
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const list = (value: unknown): string => strings(value).join(', ');

/** Names that the schema knows at the place of the error. */
function siblings(error: ErrorObject): readonly string[] {
  const schema: unknown = error.parentSchema;
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return [];
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function pathOf(pointer: string): YamlPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
