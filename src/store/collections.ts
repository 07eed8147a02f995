/** Kind of a declared scalar field. */
export type FieldKind = 'string' | 'number' | 'date';

/** What a collection declares; drivers create tables and indexes from it. Ranges fields need no declaration. */
export interface CollectionSpec {
  readonly body: 'text' | 'document' | 'bytes';
  /** Declared scalar fields. A claimable collection also declares `dueAt`, `leaseOwner`, `leaseUntil`. */
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Sort orders that need an index, each a list of declared fields (a leading `-` is descending); `where` conditions use them too. */
  readonly orders: readonly (readonly string[])[];
}

const claimable = { dueAt: 'date', leaseOwner: 'string', leaseUntil: 'date' } as const;

/** Every collection of the store (design: docs/architecture.md); one place, so that a driver can create them all. */
export const COLLECTIONS = {
  /** Immutable bytes as they arrived. */
  messages: { body: 'bytes', fields: { channel: 'string', receivedAt: 'date' }, orders: [] },
  /** State of each message: `stored`, `done`, `failed`, `held`; problems, unmapped fields, crash count. */
  journal: {
    body: 'text',
    fields: { channel: 'string', state: 'string', seq: 'number', receivedAt: 'date' },
    orders: [['channel', 'state', 'seq'], ['state', 'seq'], ['receivedAt'], ['seq']],
  },
  /** Test and debug messages (MSH-11 T, D): kept apart, expire. */
  tests: { body: 'bytes', fields: { channel: 'string', receivedAt: 'date' }, orders: [['receivedAt']] },
  /** Patients as their source records know them, normalised copy, person id. */
  sources: { body: 'text', fields: { person: 'string', state: 'string', firstAt: 'date' }, orders: [] },
  /** Same, different and move facts; append-only. */
  assertions: { body: 'text', fields: { at: 'date' }, orders: [['at']] },
  /** Automatic links, recomputable. */
  links: { body: 'text', fields: { state: 'string' }, orders: [] },
  /** Members of each person; derived. */
  persons: { body: 'text', fields: {}, orders: [] },
  /** 65,536 rows that make concurrent matchers collide. */
  tickets: { body: 'text', fields: {}, orders: [] },
  /** What FHIR shows now; id is `Type/id`. */
  resources: {
    body: 'text',
    fields: { type: 'string', lastUpdated: 'date', version: 'number' },
    orders: [['type', 'lastUpdated']],
  },
  /** Superseded versions; id is `Type/id/version`. */
  history: {
    body: 'text',
    fields: { of: 'string', type: 'string', lastUpdated: 'date', version: 'number' },
    orders: [
      ['of', '-version'],
      ['type', '-lastUpdated'],
    ],
  },
  /** The patient document of each person. */
  patients: { body: 'document', fields: { changedAt: 'date', birthDate: 'string' }, orders: [['changedAt']] },
  /** State transitions of the record. */
  events: { body: 'text', fields: { type: 'string', at: 'date', rec: 'string' }, orders: [] },
  /** A source record on a plan. */
  enrolments: { body: 'text', fields: { plan: 'string', rec: 'string', state: 'string' }, orders: [['rec', 'state']] },
  /** Dated steps of enrolments. */
  occurrences: {
    body: 'text',
    fields: { rec: 'string', state: 'string', plan: 'string', ...claimable },
    orders: [['dueAt'], ['rec', 'state'], ['state', 'dueAt']],
  },
  /** Tries to carry an occurrence out, with text and answers. */
  attempts: {
    body: 'text',
    fields: { rec: 'string', state: 'string', at: 'date', ...claimable },
    orders: [['dueAt'], ['rec', 'at'], ['at']],
  },
  /** Per source record: caps, last sends, sent steps. */
  ledgers: { body: 'text', fields: {}, orders: [] },
  /** Messages that wait for a destination. */
  outbound: {
    body: 'text',
    fields: { destination: 'string', state: 'string', seq: 'number', ...claimable },
    orders: [['dueAt'], ['destination', 'state', 'seq']],
  },
  /** Questions to a clerk. */
  reviews: { body: 'text', fields: { state: 'string', at: 'date' }, orders: [['state', 'at']] },
  /** Ids that were replaced and where they lead. */
  aliases: { body: 'text', fields: {}, orders: [] },
  /** Who read or changed what; append-only. */
  audit: { body: 'text', fields: { at: 'date', actor: 'string' }, orders: [['at'], ['actor', 'at']] },
  /** Who runs which channel, timer or queue. */
  leases: { body: 'text', fields: { owner: 'string', until: 'date' }, orders: [] },
  /** Installation id, schema version, unknown-code counters, and other single rows. */
  settings: { body: 'text', fields: {}, orders: [] },
} as const satisfies Readonly<Record<string, CollectionSpec>>;

/** Name of a collection. */
export type CollectionName = keyof typeof COLLECTIONS;
