import { typed } from '../compile/compiled.ts';
import { isVariant, variantOf } from '../convert/varies.ts';
import { plainType } from '../convert/registry.ts';
import { Item } from '../run/item.ts';
import type { OutboundFunction } from './function.ts';

/** `kind`. */
export const kindFunction: OutboundFunction = {
  name: 'kind',
  usage: 'kind',
  summary: 'The HL7 type that OBX-5 has with this value: what belongs into OBX-2.',
  examples: [
    {
      resource: { resourceType: 'Observation', valueQuantity: { value: 4.1 } },
      field: 'OBX-2',
      rule: 'value | kind',
      value: 'NM',
    },
    {
      resource: { resourceType: 'Observation', valueString: 'one\ntwo' },
      field: 'OBX-2',
      rule: 'value | kind',
      value: 'TX',
    },
    { resource: { resourceType: 'Observation' }, field: 'OBX-2', rule: 'value | kind', value: '' },
  ],
  bind({ input, fail }) {
    if (input.types.length > 0 && !input.types.some(({ type }) => isVariant(plainType(type)))) {
      return fail('mapping.no-converter', `OBX-5 cannot hold ${input.types.map(({ type }) => type).join(' or ')}`);
    }
    return {
      types: [typed('literal')],
      many: input.many,
      constant: false,
      evaluate: (env) =>
        input.evaluate(env).flatMap(({ type, value }) => {
          const hl7 = variantOf(plainType(type), value)?.hl7;
          return hl7 === undefined ? [] : [new Item('literal', hl7)];
        }),
    };
  },
};
