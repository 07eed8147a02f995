import { isObject } from '../../fhir/json.ts';
import { tableSystem } from '../../fhir/v2-tables.ts';
import type { MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { Made } from '../run/cell.ts';
import { typeName } from '../types/fhir-model.ts';
import { literalArgument } from './arguments.ts';

type Fields = Readonly<Record<string, unknown>>;

function withSystem(coding: Fields, system: string): Fields {
  if ('system' in coding) return coding;
  const code = typeof coding['code'] === 'string' ? coding['code'] : '';
  const made: Record<string, unknown> = { system: tableSystem(system, code) };
  for (const name in coding) made[name] = coding[name];
  return made;
}

function concept(value: unknown, system: string): unknown {
  if (!isObject(value)) return value;
  const { coding: codings } = value;
  if (!Array.isArray(codings)) return 'code' in value ? withSystem(value, system) : value;
  const made: Record<string, unknown> = {};
  for (const name in value) made[name] = value[name];
  made['coding'] = codings.map((one: unknown) => (isObject(one) ? withSystem(one, system) : one));
  return made;
}

/** `system(URI)`. */
export const systemFunction: MappingFunction = {
  name: 'system',
  usage: 'system(URI)',
  summary: 'Says which coding system a code is of where the value itself does not.',
  examples: [
    {
      hl7: 'PID||||||||||||||||M',
      element: 'Patient.maritalStatus',
      rule: 'PID-16 | system(http://terminology.hl7.org/CodeSystem/v2-0002)',
      value: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0002', code: 'M' }] },
    },
    {
      hl7: 'PID||||||||||||||||M^^LN',
      element: 'Patient.maritalStatus',
      rule: 'PID-16 | system(http://terminology.hl7.org/CodeSystem/v2-0002)',
      value: { coding: [{ system: 'http://loinc.org', code: 'M' }] },
    },
  ],
  bind(call) {
    const system = literalArgument(call.args, 0);
    if (system === undefined) return call.fail('mapping.bad-argument', 'the argument is a URI');
    const types = call.expected.filter((type) => type === 'CodeableConcept' || type === 'Coding');
    const input = call.converted(types.length === 0 ? ['CodeableConcept'] : types);
    return {
      ...input,
      evaluate: (env) =>
        mapItems(
          input.evaluate(env),
          (item) => (item instanceof Made ? new Made(item.type, concept(item.value, system), item.cells) : item),
          env.run,
        ),
    };
  },
};

/** `extension(URL[, TYPE])`. */
export const extensionFunction: MappingFunction = {
  name: 'extension',
  usage: 'extension(URL[, TYPE])',
  summary: 'An extension with the value converted into TYPE (string where left out; `Reference(Location)`).',
  examples: [
    {
      hl7: 'PID||||||||||||||||||||||||Y',
      element: 'Patient.extension',
      rule: 'PID-24 | extension(http://example.org/x)',
      value: [{ url: 'http://example.org/x', valueString: 'Y' }],
    },
    {
      hl7: 'PID||||||||||||||||||||||||Y',
      element: 'Patient.extension',
      rule: 'PID-24 | extension(http://example.org/x, boolean)',
      value: [{ url: 'http://example.org/x', valueBoolean: true }],
    },
  ],
  bind(call) {
    const url = literalArgument(call.args, 0);
    if (url === undefined) return call.fail('mapping.bad-argument', 'the first argument is the URL');
    const type = literalArgument(call.args, 1) ?? 'string';
    const input = call.converted([type]);
    const name = `value${type.slice(0, 1).toUpperCase()}${typeName(type).slice(1)}`;
    return {
      types: ['Extension'],
      many: input.many,
      needs: input.needs,
      evaluate: (env) =>
        mapItems(
          input.evaluate(env),
          (item) => (item instanceof Made ? new Made('Extension', { url, [name]: item.value }, item.cells) : undefined),
          env.run,
        ),
    };
  },
};
