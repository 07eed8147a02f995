type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1 };
const texts: Schema = { anyOf: [text, { type: 'array', items: text, minItems: 1 }] };
/** What may stand under a field: an expression, a list, a map of its components. */
const rule: Schema = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'array', items: { type: ['string', 'number', 'boolean', 'object'] } },
    { type: 'object' },
  ],
};
const fields: Schema = {
  type: 'object',
  patternProperties: { '^[1-9]\\d*[+]?$': rule, '^[1-9]\\d*-$': {} },
  additionalProperties: false,
};
const anyObject: Schema = { type: 'object' };

/** A rule set of a segment or group; what `write:` of a group holds is checked where it is compiled. */
const place: Schema = {
  type: 'object',
  properties: { from: text, each: text, as: text, when: text, set: fields, write: anyObject },
  additionalProperties: false,
};

const settings: Schema = {
  type: 'object',
  properties: {
    sendingApplication: text,
    sendingFacility: text,
    receivingApplication: text,
    receivingFacility: text,
    processingId: { enum: ['P', 'T', 'D'] },
    version: { type: ['string', 'number'] },
    acceptAck: { enum: ['AL', 'NE', 'ER', 'SU'] },
    applicationAck: { enum: ['AL', 'NE', 'ER', 'SU'] },
    country: text,
    language: text,
    charset: text,
    delimiters: text,
    times: { enum: ['offset', 'local'] },
    zone: text,
    authorities: { type: 'object', additionalProperties: { type: 'string' } },
  },
  additionalProperties: false,
};

/** An outbound mapping, or a part that several include (docs/mapping-outbound.md). */
export const OUTBOUND_SCHEMA: Schema = {
  type: 'object',
  properties: {
    send: text,
    part: text,
    version: { type: ['number', 'string'] },
    extends: text,
    site: text,
    structure: text,
    include: texts,
    'include+': texts,
    'include-': {},
    structural: texts,
    'structural+': texts,
    header: settings,
    segments: anyObject,
    resources: { type: 'object', patternProperties: { '^[a-z][A-Za-z0-9]*$': text }, additionalProperties: false },
    write: {
      type: 'object',
      patternProperties: { '^[A-Z][A-Z0-9_]*(?:\\.[a-z][A-Za-z0-9]*)?$': place, '^[A-Z][A-Za-z0-9_.]*-$': {} },
      additionalProperties: false,
    },
  },
  oneOf: [{ required: ['send'] }, { required: ['part'] }],
  additionalProperties: false,
};

/** Settings of a receiver, as a file or a site's `header:` gives them. */
export const OUTBOUND_SETTINGS_SCHEMA: Schema = settings;

/** A rule set inside `write:` of a group. */
export const OUTBOUND_PLACE_SCHEMA: Schema = place;
