import type { MappingFunction } from '../compile/compiled.ts';
import { literalArgument } from './arguments.ts';

/** `to(TYPE)`. */
export const toFunction: MappingFunction = {
  name: 'to',
  usage: 'to(TYPE)',
  summary: 'The value converted into TYPE, where the element takes several (a Device of a CWE).',
  examples: [
    {
      hl7: 'OBX|1|CWE|X||a|||||F|||||LAB^Analyser 1^L',
      element: 'Observation.performer',
      rule: "OBX-15 | to('Reference(Organization)')",
      value: [{ reference: 'Organization/9ffb4864-dae7-5641-915e-6de7f3f09d13', display: 'Analyser 1' }],
    },
    {
      hl7: 'OBX|1|CWE|X||a|||||F',
      element: 'Observation.performer',
      rule: "OBX-15 | to('Reference(Organization)')",
      value: undefined,
    },
  ],
  bind(call) {
    const type = literalArgument(call.args, 0);
    if (type === undefined) return call.fail('mapping.bad-argument', 'the first argument is the FHIR type');
    return call.converted([type]);
  },
};
