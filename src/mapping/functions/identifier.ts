import type { Call, Compiled, MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import type { Converting } from '../convert/converting.ts';
import { identifierType } from '../convert/identifier-types.ts';
import { identifierOf, nationalNumber, pairToIdentifier, systemOf } from '../convert/identifiers.ts';
import { Cell, Made, type Item } from '../run/cell.ts';
import { literalArgument } from './arguments.ts';

type Make = (cell: Cell, to: Converting) => unknown;

function identifiers(call: Call, make: Make): Compiled {
  const input = call.input();
  const toIdentifier = (item: Item, to: Converting): Item | undefined => {
    if (!(item instanceof Cell)) return item;
    const value = make(item, to);
    return value === undefined ? undefined : new Made('Identifier', value, [item]);
  };
  return {
    types: ['Identifier'],
    many: input.many,
    needs: input.needs,
    evaluate: (env) => mapItems(input.evaluate(env), toIdentifier, env.run),
  };
}

/** `type(CODE)`. */
export const typeFunction: MappingFunction = {
  name: 'type',
  usage: 'type(CODE)',
  summary:
    'An identifier of this kind (table 0203) where the value itself does not say one; also finds its domain among `ids`.',
  examples: [
    {
      hl7: 'OBR|1|A1^HIS',
      element: 'ServiceRequest.identifier',
      rule: 'OBR-2 | type(PLAC)',
      value: [
        {
          type: {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC', display: 'Placer Identifier' },
            ],
          },
          system: 'urn:jingluo:namespace/HIS',
          value: 'A1',
        },
      ],
    },
    { hl7: 'OBR|1|', element: 'ServiceRequest.identifier', rule: 'OBR-2 | type(PLAC)', value: undefined },
  ],
  bind(call) {
    const kind = literalArgument(call.args, 0);
    if (kind === undefined) return call.fail('mapping.bad-argument', 'the argument is a code of table 0203');
    return identifiers(call, (cell, to) => {
      if (cell.type !== 'EIP') return identifierOf(cell, to, kind);
      const pair = pairToIdentifier(cell, to);
      return typeof pair === 'object' && pair !== null ? { type: identifierType(kind), ...pair } : undefined;
    });
  },
};

/** `identifier(system=…, type=…)`. */
export const identifierFunction: MappingFunction = {
  name: 'identifier',
  usage: 'identifier(system=NAME[, type=CODE])',
  summary: 'An identifier in a named system, whatever authority the value carries; NAME is a URI or a namespace.',
  examples: [
    {
      hl7: 'PID|1||||||||||||||||||C77',
      element: 'Patient.identifier',
      rule: 'PID-19 | identifier(system=cards, type=HC)',
      value: [
        {
          type: {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'HC', display: 'Health Card Number' },
            ],
          },
          system: 'urn:jingluo:namespace/cards',
          value: 'C77',
        },
      ],
    },
    {
      hl7: 'PID|1||||||||||||||||||C77',
      element: 'Patient.identifier',
      rule: "PID-19 | identifier(system='http://example.org/cards')",
      value: [{ system: 'http://example.org/cards', value: 'C77' }],
    },
  ],
  bind(call) {
    const system = literalArgument(call.args, 'system');
    if (system === undefined) return call.fail('mapping.bad-argument', 'system= is missing');
    const kind = literalArgument(call.args, 'type');
    const type = kind === undefined ? {} : { type: identifierType(kind) };
    return identifiers(call, (cell) => {
      const value = cell.text();
      return value === '' ? undefined : { ...type, system: systemOf(system), value };
    });
  },
};

/** `national`. */
export const nationalFunction: MappingFunction = {
  name: 'national',
  usage: 'national',
  summary: 'A national number: the resident identity number where it has that form, else a social security number.',
  examples: [
    {
      hl7: 'PID|1||||||||||||||||||990000196803121014',
      element: 'Patient.identifier',
      rule: 'PID-19 | national',
      value: [
        {
          type: {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/v2-0203',
                code: 'NI',
                display: 'National unique individual identifier',
              },
            ],
          },
          system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1',
          value: '990000196803121014',
        },
      ],
    },
    { hl7: 'PID|1||', element: 'Patient.identifier', rule: 'PID-19 | national', value: undefined },
  ],
  bind: (call) => identifiers(call, nationalNumber),
};
