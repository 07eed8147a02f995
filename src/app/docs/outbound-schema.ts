import { FUNCTIONS } from '../../mapping/outbound/functions/index.ts';
import { OUTBOUND_PLACE_SCHEMA, OUTBOUND_SCHEMA } from '../../mapping/outbound/schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What an editor says about a key of an outbound mapping. */
const MEANINGS: Readonly<Record<string, string>> = {
  send: 'Message to make: message code and event, `ADT_A08`.',
  part: 'A rule set that outbound mappings include.',
  extends: 'In a site: the base mapping that this file changes.',
  structure: 'Grammar, where it is not that of the event.',
  include: 'Parts, in this order.',
  structural: 'Elements that are no data on the way out: `Location.mode`.',
  header: 'MSH and the form that a receiver wants; settings of a destination come over it.',
  segments: 'Z segments with their place and the types of their fields.',
  resources: 'What rules name as `$name`; there is one message for each of the first.',
  write: 'Segments and groups with their rules.',
  from: 'What the rules look at: the first value of an expression.',
  each: 'What the rules look at: every value, one segment or group for each.',
  as: 'A name for it.',
  when: 'Condition: `status == active and $encounter exists`.',
  set: 'Fields by number.',
};

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function described(schema: Schema): Schema {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const told = Object.entries(properties).map(([name, value]) => {
    const description = MEANINGS[name];
    return [name, description === undefined || !isSchema(value) ? value : { description, ...value }] as const;
  });
  return { ...schema, properties: Object.fromEntries(told) };
}

const NAMES = '^[A-Z][A-Z0-9_]*(?:\\.[a-z][A-Za-z0-9]*)?-?$';
const functions = [...FUNCTIONS.values()].map(({ usage, summary }) => `- \`${usage}\`: ${summary}`).join('\n');
const EXPRESSION = `An expression such as \`gender | table(gender)\`, a list, or a map of components.\n\nFunctions:\n${functions}`;

/**
 * `mappings/outbound.schema.json`: what editors check and complete outbound mappings with
 * (`# yaml-language-server: $schema=…`). The engine's own check says more: paths, types, places in the structure.
 */
export function outboundSchema(): string {
  const place = described(OUTBOUND_PLACE_SCHEMA);
  const whole = described(OUTBOUND_SCHEMA);
  const write = { $ref: '#/definitions/write' };
  const within = (schema: Schema): Schema => {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    return { ...schema, properties: { ...properties, write: { description: MEANINGS['write'], ...write } } };
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Jingluo outbound mapping or part',
    description: EXPRESSION,
    definitions: {
      write: { type: 'object', patternProperties: { [NAMES]: within(place) }, additionalProperties: false },
    },
    ...within(whole),
  };
  return `${JSON.stringify(schema, null, 1)}\n`;
}
