import type { Compiled, MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { Made } from '../run/cell.ts';
import { literalArgument } from './arguments.ts';

const TYPES = ['ContactPoint', 'HumanName', 'Address', 'Identifier'];

/** `use(CODE)`. */
export const useFunction: MappingFunction = {
  name: 'use',
  usage: 'use(CODE)',
  summary: 'Sets `use` of a name, address, contact or identifier where the value itself does not say it.',
  examples: [
    {
      hl7: 'PID|||||||||||||01082345678',
      element: 'Patient.telecom',
      rule: 'PID-13 | use(home)',
      value: [{ system: 'phone', value: '01082345678', use: 'home' }],
    },
    {
      hl7: 'PID|||||||||||||13900000001',
      element: 'Patient.telecom',
      rule: 'PID-13 | use(home)',
      value: [{ system: 'phone', value: '13900000001', use: 'mobile' }],
    },
  ],
  bind(call): Compiled {
    const use = literalArgument(call.args, 0);
    if (use === undefined) return call.fail('mapping.bad-argument', 'the argument is the code of a use');
    const types = call.expected.filter((type) => TYPES.includes(type));
    const input = call.converted(types.length === 0 ? TYPES : types);
    return {
      ...input,
      evaluate: (env) =>
        mapItems(
          input.evaluate(env),
          (item) => (item instanceof Made ? new Made(item.type, withUse(item.value, use), item.cells) : item),
          env.run,
        ),
    };
  },
};

function withUse(value: unknown, use: string): unknown {
  return typeof value !== 'object' || value === null || 'use' in value ? value : { ...value, use };
}
