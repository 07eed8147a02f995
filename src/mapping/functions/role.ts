import { isObject } from '../../fhir/json.ts';
import type { MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { Made } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { literalArgument } from './arguments.ts';

const FUNCTION = EXTENSIONS.performerFunction.url;
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/** `role(CODE[, SYSTEM])`. */
export const roleFunction: MappingFunction = {
  name: 'role',
  usage: 'role(CODE[, SYSTEM])',
  summary: 'A reference with what the person did (extension event-performerFunction); SYSTEM is v3-ParticipationType.',
  examples: [
    {
      hl7: 'OBX|1|ST|X||a||||||F|||||^Miller',
      element: 'Observation.performer',
      rule: 'OBX-16 | role(SPRF)',
      value: [
        {
          display: 'Miller',
          extension: [{ url: FUNCTION, valueCodeableConcept: { coding: [{ system: PARTICIPATION, code: 'SPRF' }] } }],
        },
      ],
    },
    {
      hl7: 'OBX|1|ST|X||a|||||F',
      element: 'Observation.performer',
      rule: 'OBX-16 | role(MDIR, http://terminology.hl7.org/CodeSystem/v2-0912)',
      value: undefined,
    },
  ],
  bind(call) {
    const code = literalArgument(call.args, 0);
    if (code === undefined) return call.fail('mapping.bad-argument', 'the first argument is the code of the role');
    const system = literalArgument(call.args, 1) ?? PARTICIPATION;
    const extension = [{ url: FUNCTION, valueCodeableConcept: { coding: [{ system, code }] } }];
    const input = call.converted(call.expected);
    return {
      ...input,
      evaluate: (env) =>
        mapItems(
          input.evaluate(env),
          (item) =>
            item instanceof Made && isObject(item.value)
              ? new Made(item.type, { ...item.value, extension }, item.cells)
              : item,
          env.run,
        ),
    };
  },
};
