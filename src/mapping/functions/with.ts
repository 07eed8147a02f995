import { didYouMean } from '../../core/nearest.ts';
import type { Compiled, MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { isObject } from '../../fhir/json.ts';
import { cellsOf, isNull, Made, textOf } from '../run/cell.ts';
import { elementsOf, typeName } from '../types/fhir-model.ts';
import { literalArgument } from './arguments.ts';

/** `with(ELEMENT, PATH)`. */
export const withFunction: MappingFunction = {
  name: 'with',
  usage: 'with(ELEMENT, PATH)',
  summary: 'A value with one of its text elements taken from another field, where that says anything.',
  examples: [
    {
      hl7: 'PID|||||||||||1 Main St^^Town|North',
      element: 'Patient.address',
      rule: 'PID-11 | with(district, PID-12)',
      value: [{ line: ['1 Main St'], city: 'Town', district: 'North' }],
    },
    {
      hl7: 'PID|||||||||||1 Main St^^Town',
      element: 'Patient.address',
      rule: 'PID-11 | with(district, PID-12)',
      value: [{ line: ['1 Main St'], city: 'Town' }],
    },
  ],
  bind(call): Compiled {
    const element = literalArgument(call.args, 0);
    const source = call.args[1]?.value;
    if (element === undefined || source === undefined) {
      return call.fail('mapping.bad-argument', 'the arguments are an element and the field that says it');
    }
    const types = call.expected.filter((type) => elementsOf(typeName(type)).has(element));
    if (types.length === 0) {
      const names = call.expected.flatMap((type) => [...elementsOf(typeName(type)).keys()]);
      return call.fail('mapping.unknown-element', `there is no element "${element}"${didYouMean(element, names)}`);
    }
    const text = call.compile(source);
    const input = call.converted(types);
    return {
      ...input,
      evaluate: (env) => {
        const items = input.evaluate(env);
        const said = items.length === 0 ? undefined : text.evaluate(env).find((item) => !isNull(item));
        const value = said === undefined ? '' : textOf(said);
        if (said === undefined || value === '') return items;
        return mapItems(
          items,
          (item) =>
            item instanceof Made && isObject(item.value)
              ? new Made(item.type, { ...item.value, [element]: value }, [...item.cells, ...cellsOf(said)])
              : item,
          env.run,
        );
      },
    };
  },
};
