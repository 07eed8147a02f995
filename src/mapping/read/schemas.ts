type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1 };
const texts: Schema = { anyOf: [text, { type: 'array', items: text, minItems: 1 }] };
const scalar: Schema = { type: ['string', 'number', 'boolean'] };
/** What may stand under an element: an expression, a list, a map of children. */
const rule: Schema = {
  anyOf: [scalar, { type: 'array', items: { type: ['string', 'number', 'boolean', 'object'] } }, { type: 'object' }],
};
const rules: Schema = {
  type: 'object',
  patternProperties: { '^_?[a-z][A-Za-z]*\\+?$': rule, '^_?[a-z][A-Za-z]*-$': {} },
  additionalProperties: false,
};

const elementsWhen: Schema = {
  type: 'object',
  properties: { when: text, elements: texts },
  required: ['when', 'elements'],
  additionalProperties: false,
};

/** Segments by name, of a group where it is named; `Z*` are all Z segments of a group. An empty list takes back what the base says. */
const segments: Schema = {
  type: 'array',
  items: { type: 'string', pattern: '^([A-Z][A-Z0-9_]+\\.)?[A-Z][A-Z0-9]{2}$|^Z\\*$' },
};

const resource: Schema = {
  type: 'object',
  properties: {
    about: { enum: ['message'] },
    like: text,
    type: text,
    from: text,
    each: text,
    when: text,
    key: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] },
    same: { enum: ['merge', 'number'] },
    join: elementsWhen,
    whole: elementsWhen,
    stub: { type: 'boolean' },
    snapshot: { enum: ['AL1', 'DG1', 'IN1'] },
    rest: segments,
    'rest+': segments,
    set: rules,
    fill: rules,
  },
  additionalProperties: false,
};

const directive: Schema = {
  type: 'object',
  properties: {
    kind: { enum: ['merge', 'change', 'move', 'link', 'unlink', 'delete'] },
    of: text,
    each: text,
    when: text,
    retired: text,
    survivor: text,
    moved: text,
    to: texts,
  },
  required: ['kind'],
  additionalProperties: false,
};

const named = (schema: Schema): Schema => ({
  type: 'object',
  patternProperties: { '^[a-z][A-Za-z0-9]*$': schema, '^[a-z][A-Za-z0-9]*-$': {} },
  additionalProperties: false,
});

const zField: Schema = {
  anyOf: [
    text,
    { type: 'object', properties: { name: text, type: text }, required: ['type'], additionalProperties: false },
  ],
};
const zSegment: Schema = {
  type: 'object',
  properties: {
    after: text,
    fields: { type: 'object', patternProperties: { '^[1-9]\\d*$': zField }, additionalProperties: false },
  },
  required: ['after', 'fields'],
  additionalProperties: false,
};

/** A message mapping or a part that mappings include (docs/mapping.md). */
export const MAPPING_SCHEMA: Schema = {
  type: 'object',
  properties: {
    map: text,
    part: text,
    version: { type: ['number', 'string'] },
    extends: text,
    site: text,
    events: texts,
    include: texts,
    'include+': texts,
    'include-': {},
    structural: texts,
    'structural+': texts,
    noPlace: texts,
    'noPlace+': texts,
    rest: { enum: ['none'] },
    segments: { type: 'object', patternProperties: { '^Z[A-Z0-9]{2}$': zSegment }, additionalProperties: false },
    defaults: { type: 'object', properties: { timezone: text }, additionalProperties: false },
    templates: named(resource),
    resources: named(resource),
    directives: named(directive),
  },
  oneOf: [{ required: ['map'] }, { required: ['part'] }],
  additionalProperties: false,
};

/** The grammar of a message: `MSH`, `SFT*`, `PV2?`, groups as maps. */
export const STRUCTURE_SCHEMA: Schema = {
  type: 'object',
  properties: { structure: text, parts: { type: 'array', items: { type: ['string', 'object'] }, minItems: 1 } },
  required: ['structure', 'parts'],
  additionalProperties: false,
};

const row: Schema = {
  anyOf: [
    scalar,
    {
      type: 'object',
      properties: { code: scalar, system: text, display: text },
      required: ['code'],
      additionalProperties: false,
    },
  ],
};

/** A translation table. */
export const TABLE_SCHEMA: Schema = {
  type: 'object',
  properties: {
    table: text,
    system: text,
    extends: text,
    default: text,
    codes: { type: 'object', additionalProperties: row },
  },
  required: ['table', 'codes'],
  additionalProperties: false,
};
