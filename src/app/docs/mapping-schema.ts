import { FUNCTIONS } from '../../mapping/functions/index.ts';
import { MAPPING_SCHEMA, TABLE_SCHEMA } from '../../mapping/read/schemas.ts';
import { elementsOf } from '../../mapping/types/fhir-model.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What an editor says about a key of a mapping. */
const MEANINGS: Readonly<Record<string, string>> = {
  map: 'Message structure, whose grammar is structures/<STRUCTURE>.yaml.',
  part: 'A rule set that mappings include.',
  extends: 'In a site: the base mapping that this file changes.',
  events: 'Trigger events (MSH-9.2), or message code and event; ranges such as A01-A16, several in one text.',
  include: 'Parts, in this order.',
  structural: 'Fields that are no data of a resource (`MSH-1..21`): never on the unmapped list.',
  noPlace: 'Fields that R4 has no element for: on the unmapped list with that reason.',
  segments: 'Z segments with their place and the types of their fields.',
  defaults: 'Settings that come before those of the channel.',
  resources: 'What is made of a message, by name; `$name` refers to it.',
  templates: 'Rule sets that others are like.',
  directives: 'What the message says about identities: merge, link, unlink, change, move, delete.',
  table: 'Name of the table, as `table(NAME)` calls it.',
  default: '`unmapped`, `nothing`, `keep`, or the code that stands for all that the table lacks.',
  codes: 'What each code becomes.',
  key: 'Natural key: the id of the resource is made of it.',
  from: 'Where the one resource stands: a group or a segment.',
  each: 'Group or segment that the resource is made for each time.',
  when: 'Condition: `PV1-2 exists and MSH-9.2 in (A01, A04)`.',
  same: 'What further places with the same key become.',
  join: 'When places with one key are lines of one value.',
  stub: 'Only mentioned: never overrides what a fuller message said.',
  snapshot: 'These are the full list, on channels that declare it.',
  set: 'Elements and where they come from.',
  fill: 'Elements that are only filled where nothing is known.',
  whole: 'When lists are said whole: entries of fields that the message does not name go.',
  about: '`message`: about the message itself, for `map` and `explain`, not for the record.',
  of: 'Rule set whose numbers a directive is about: patient, account or encounter.',
  retired: 'The number that was wrong or is given up.',
  survivor: 'The number that counts from now on.',
  moved: 'The number that goes to another patient with all that hangs at it.',
  to: 'Numbers of the patient it goes to.',
};

/** Resource types whose elements an editor completes. */
const COMPLETED = [
  ...['Account', 'AllergyIntolerance', 'Appointment', 'ChargeItem', 'Condition', 'Coverage', 'Device'],
  ...['DiagnosticReport', 'DocumentReference', 'Encounter', 'EpisodeOfCare', 'Immunization', 'Location'],
  ...['MedicationAdministration', 'MedicationDispense', 'MedicationRequest', 'Observation', 'Organization', 'Patient'],
  ...['Practitioner', 'PractitionerRole', 'Procedure', 'RelatedPerson', 'ServiceRequest', 'Specimen'],
];

const functions = [...FUNCTIONS.values()].map(({ usage, summary }) => `- \`${usage}\`: ${summary}`).join('\n');
const EXPRESSION = `An expression such as \`PID-8 | table(gender)\`, a list, or a map of children.\n\nFunctions:\n${functions}`;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema with the meaning of each property that has one. */
function withMeanings(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withMeanings);
  if (!isSchema(schema)) return schema;
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    copy[name] = name === 'properties' && isSchema(value) ? describedProperties(value) : withMeanings(value);
  }
  return copy;
}

function describedProperties(properties: Schema): Schema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const meaning = MEANINGS[name.replace(/[+-]$/u, '')];
      const inner = withMeanings(value);
      return [name, meaning === undefined || !isSchema(inner) ? inner : { description: meaning, ...inner }];
    }),
  );
}

/** For each type: its elements, so that an editor can complete them. */
function completions(): readonly Schema[] {
  return COMPLETED.map((type) => {
    const names = [...elementsOf(type).keys()];
    const properties = Object.fromEntries(names.map((name) => [name, true]));
    const place = { properties };
    return {
      if: { properties: { type: { const: type } }, required: ['type'] },
      then: { properties: { set: place, fill: place } },
    };
  });
}

/**
 * `mappings/mapping.schema.json`: what editors check and complete mappings, parts and tables with
 * (`# yaml-language-server: $schema=…`). The engine's own check says more: paths, types, codes.
 */
export function mappingSchema(): string {
  const mapping = withMeanings(MAPPING_SCHEMA);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Jingluo mapping, part or table',
    description: EXPRESSION,
    if: { required: ['table'] },
    then: withMeanings(TABLE_SCHEMA),
    else: isSchema(mapping) ? withCompletions(mapping) : mapping,
  };
  return `${JSON.stringify(schema, null, 1)}\n`;
}

function withCompletions(mapping: Schema): Schema {
  const properties = isSchema(mapping['properties']) ? mapping['properties'] : {};
  const resources = isSchema(properties['resources']) ? properties['resources'] : {};
  const patterns = isSchema(resources['patternProperties']) ? resources['patternProperties'] : {};
  const completed = Object.fromEntries(
    Object.entries(patterns).map(([pattern, value]) => [
      pattern,
      isSchema(value) && 'properties' in value ? { ...value, allOf: completions() } : value,
    ]),
  );
  return { ...mapping, properties: { ...properties, resources: { ...resources, patternProperties: completed } } };
}
