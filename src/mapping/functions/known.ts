import { isObject } from '../../fhir/json.ts';
import type { Call, Compiled, MappingFunction } from '../compile/compiled.ts';
import { convertTo } from '../compile/convert.ts';
import type { Argument } from '../language/ast.ts';
import { Made, type Item } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { findElement } from '../types/fhir-model.ts';

interface Detail {
  readonly element: string;
  readonly list: boolean;
  readonly compiled: Compiled;
}

/** Details by the type of resource that can have them. */
type Details = ReadonlyMap<string, readonly Detail[]>;

function detailOf(type: string, { name = '', value }: Argument, call: Call): Detail | undefined {
  const element = findElement(type, name);
  const compiled = element === undefined ? undefined : convertTo(call.compile(value), element.types);
  return element === undefined || compiled === undefined ? undefined : { element: name, list: element.list, compiled };
}

function detailsOf(call: Call): Details {
  const types = call.expected.flatMap((type) => /^Reference\((\w+)\)$/u.exec(type)?.[1] ?? []);
  return new Map(
    types.map((type) => [type, call.args.flatMap((argument) => detailOf(type, argument, call) ?? [])] as const),
  );
}

/** Addresses and telephones of an organization are never those of a home (org-2, org-3), whatever its sender calls them. */
function notHome(value: unknown): unknown {
  if (!isObject(value) || value['use'] !== 'home') return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'use'));
}

function complete(item: Item, details: Details, env: Env): Item {
  if (!(item instanceof Made) || !isObject(item.value)) return item;
  const [type = '', id = ''] = String(item.value['reference']).split('/');
  const elements: Record<string, unknown> = {};
  const cells = [...item.cells];
  for (const { element, list, compiled } of details.get(type) ?? []) {
    const values = compiled.evaluate(env).filter((value) => value instanceof Made);
    const [first] = values;
    if (first === undefined) continue;
    const told = type === 'Organization' ? values.map(({ value }) => notHome(value)) : values.map(({ value }) => value);
    elements[element] = list ? told : told[0];
    cells.push(...values.flatMap((value) => value.cells));
  }
  if (cells.length === item.cells.length) return item;
  env.run.patches.completeStub(id, elements);
  return new Made(item.type, item.value, cells);
}

/** `known(address=PATH)`. */
export const knownFunction: MappingFunction = {
  name: 'known',
  usage: 'known(ELEMENT=PATH, …)',
  summary: 'Tells more about the doctor, place, device or organization that a reference makes known.',
  examples: [
    {
      hl7: 'OBX|1|ST|X||a|||||F|||||||||||||Lab^^990001|Street 1^^Town',
      element: 'Observation.performer',
      rule: 'OBX-23 | known(address=OBX-24)',
      value: [{ reference: 'Organization/f47b379a-8ebe-5c52-8f87-d3b9e4fdd019', display: 'Lab' }],
    },
    {
      hl7: 'OBX|1|ST|X||a|||||F',
      element: 'Observation.performer',
      rule: 'OBX-23 | known(address=OBX-24)',
      value: undefined,
    },
  ],
  bind(call): Compiled {
    // It completes what is known of another resource.
    call.context.footprint.open();
    const details = detailsOf(call);
    const unnamed = call.args.find(({ name = '' }) => ![...details.keys()].some((type) => findElement(type, name)));
    if (unnamed !== undefined || call.args.length === 0) {
      return call.fail('mapping.bad-argument', 'arguments are elements of what the reference points to');
    }
    const input = call.converted(call.expected);
    return { ...input, evaluate: (env) => input.evaluate(env).map((item) => complete(item, details, env)) };
  },
};
