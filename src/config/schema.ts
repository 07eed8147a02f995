import type { Plugin } from '../core/plugin.ts';

/** What the loader needs to know of a plug-in: enough to check its settings and to document them. */
export type AnyPlugin = Pick<Plugin<unknown, never>, 'type' | 'summary' | 'schema' | 'examples'>;

/** The plug-ins that a configuration may name, by stage. */
export interface Plugins {
  readonly stores: readonly AnyPlugin[];
  readonly listeners: readonly AnyPlugin[];
  readonly destinations: readonly AnyPlugin[];
  readonly senders: readonly AnyPlugin[];
}

type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  minLength: 1,
  description,
  ...more,
});
const name = text('Name of this entry, unique in its list.', { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' });
const strings = (description: string): Schema => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  description,
});
const object = (properties: Schema, required: readonly string[] = [], more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
  ...more,
});

/** Settings that every channel in has, whatever its type; see `ChannelSettings`. */
export const CHANNEL_PROPERTIES: Schema = {
  name,
  source: text('The source (system) that speaks on this channel; declared under `sources`.'),
  ack: {
    enum: ['stored', 'checked', 'processed'],
    default: 'checked',
    description: 'When the sender gets its positive answer: bytes safe, key fields looked at, or fully processed.',
  },
  ackTimeout: { type: 'number', minimum: 1, default: 30, description: 'Seconds an `ack: processed` sender waits.' },
  defaultCharset: text('Charset where MSH-18 is absent or wrong, by its HL7 or IANA name.'),
  timezone: text('IANA zone or offset of times that carry none; default: the `timezone` of the engine.'),
  ids: {
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1 },
    description: 'Identifier domains by kind of number (`MR: HOSP01`); default: those of the source.',
  },
  snapshot: {
    type: 'array',
    items: { enum: ['AL1', 'DG1', 'IN1'] },
    default: [],
    description: 'List segments that are always the full list: what is absent has ended.',
  },
  backfill: {
    type: 'boolean',
    default: false,
    description: 'Historical load: the record is written, nobody is messaged.',
  },
  onFailure: {
    enum: ['continue', 'stop-lane'],
    default: 'continue',
    description: 'Whether later messages of the same patient go on after a failure or wait for a person.',
  },
  queries: {
    oneOf: [{ const: 'all' }, { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 }],
    description:
      'Answers patient queries (QBP Q21, Q22, Q23) on `mllp` and `http`: `all`, or the namespaces whose patients and numbers may be seen. Absent: queries are refused.',
  },
  site: text('Site overlay of the mappings (`mappings/sites/<site>`).'),
};

const SOURCE = object({
  owns: strings('Identifier namespaces that only this source may change.'),
  ids: {
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1 },
    description: 'Identifier domain by kind of number (CX-5) where a message names no assigning authority.',
  },
  rank: { type: 'integer', minimum: 1, default: 100, description: 'Lower wins among golden values.' },
  matching: {
    enum: ['auto', 'review', 'off'],
    default: 'auto',
    description: 'Whether its patients are linked by rule, only proposed to a clerk, or never matched.',
  },
});

const AUTH = {
  oneOf: [
    { const: 'none' },
    object(
      {
        issuer: text('Expected `iss` of the tokens.'),
        audience: text('Expected `aud` of the tokens.'),
        jwksUri: text('Where the keys of the issuer are.'),
        algorithms: strings('Signature algorithms that are accepted.'),
      },
      ['issuer', 'audience', 'jwksUri'],
    ),
  ],
  description: '`none` (loopback only), or bearer tokens (JWT) checked against the keys of their issuer.',
};

const HTTP = object({
  host: text('Address to bind.', { default: '127.0.0.1' }),
  port: { type: 'integer', minimum: 0, maximum: 65535, default: 8080, description: 'TCP port.' },
  publicUrl: text('Base address of the endpoint as clients see it, where a proxy stands before it.'),
  tls: object(
    { cert: text('PEM file.'), key: text('PEM file.'), ca: text('PEM file of the authority of client certificates.') },
    ['cert', 'key'],
    { description: 'HTTPS instead of HTTP.' },
  ),
  cors: strings('Origins that browsers may call from.'),
  auth: AUTH,
});

const SEALING = object(
  {
    current: text('Id of the key that seals what is written from now on.'),
    keys: {
      type: 'array',
      minItems: 1,
      items: object({ id: text('Name of the key.'), secret: text('32 bytes in base64; from the environment.') }, [
        'id',
        'secret',
      ]),
      description: 'All keys that sealed something that is still stored.',
    },
  },
  ['current', 'keys'],
  { description: 'Seals what is stored (AES-256-GCM).' },
);

const FOLDERS = object(
  Object.fromEntries(
    ['mappings', 'plans', 'templates', 'questionnaires', 'concepts', 'calendars', 'directory'].map((folder) => [
      folder,
      text(`Path of the ${folder}, relative to the configuration file.`),
    ]),
  ),
);

/** Settings of a plug-in flat beside `type` and what the stage itself has. */
function flat(plugin: AnyPlugin, own: Schema, required: readonly string[]): Schema {
  const {
    properties = {},
    required: needs = [],
    description,
  } = plugin.schema as {
    properties?: Schema;
    required?: readonly string[];
    description?: string;
  };
  return {
    ...plugin.schema,
    description: description ?? plugin.summary,
    properties: { type: { const: plugin.type }, ...own, ...properties },
    required: [...new Set(['type', ...required, ...needs])],
  };
}

/** Chooses the schema by `type`, so that a fault is told in terms of the type that was meant. */
function byType(plugins: readonly AnyPlugin[], own: Schema, required: readonly string[]): Schema {
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: plugins.map((plugin) => plugin.type) } },
    allOf: plugins.map((plugin) => ({
      if: { type: 'object', properties: { type: { const: plugin.type } }, required: ['type'] },
      then: flat(plugin, own, required),
    })),
  };
}

/** JSON Schema (draft 2020-12) of the configuration file; the parts of plug-ins come from the plug-ins. */
export function configSchema(plugins: Plugins): Schema {
  return object({
    data: text('Folder of the embedded store; `--data` overrides it.'),
    timezone: text('IANA zone of the hospital.', { default: 'Asia/Shanghai' }),
    demo: { type: 'boolean', default: false, description: 'Demo configuration: the demo day may set its own clock.' },
    store: { ...byType(plugins.stores, {}, []), description: 'Where everything is kept; default: embedded SQLite.' },
    sealing: SEALING,
    sources: { type: 'object', additionalProperties: SOURCE, description: 'Systems that speak to the engine.' },
    channels: { type: 'array', items: byType(plugins.listeners, CHANNEL_PROPERTIES, ['name', 'source']) },
    destinations: { type: 'array', items: byType(plugins.destinations, { name }, ['name']) },
    senders: { type: 'array', items: byType(plugins.senders, { name }, ['name']) },
    http: HTTP,
    folders: FOLDERS,
    backlog: {
      type: 'integer',
      minimum: 1,
      default: 10_000,
      description: 'Stored messages per channel above which intake stops reading.',
    },
    testDays: {
      type: 'number',
      minimum: 0,
      default: 7,
      description: 'Days that test and debug messages (MSH-11 T, D) are kept.',
    },
  });
}
