import { Ajv2020 } from 'ajv/dist/2020.js';
import path from 'node:path';

import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { checkMeaning } from './check.ts';
import type {
  ChannelConfig,
  Chosen,
  EngineConfig,
  FolderConfig,
  HttpConfig,
  NamedConfig,
  SourceConfig,
} from './engine-config.ts';
import type { RawConfig, RawEntry } from './raw-config.ts';
import { CHANNEL_PROPERTIES, configSchema, type Plugins } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { readYaml } from './yaml-document.ts';

/** What surrounds the file. */
export interface LoadOptions {
  readonly file: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly plugins: Plugins;
  /** Folder of the files that come with the product (`config/`, `mappings/`), for defaults. */
  readonly home: string;
  /** Overrides `data`. */
  readonly dataDir?: string;
}

/** Reads and checks a configuration as a whole: every fault at once, nothing is changed before all is right. */
export function loadConfig(options: LoadOptions): Result<EngineConfig, readonly Problem[]> {
  const yaml = readYaml(options.file, options.text, options.env);
  if (yaml.problems.length > 0) return err(yaml.problems);
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });
  const validate = ajv.compile(configSchema(options.plugins));
  const value = yaml.value ?? {};
  if (!validate(value)) return err(schemaProblems(yaml, validate.errors ?? []));
  const raw = value as RawConfig;
  const problems = checkMeaning(raw, yaml);
  if (problems.length > 0) return err(problems);
  return ok(freeze(complete(raw, options)));
}

const DEFAULTS = {
  timezone: 'Asia/Shanghai',
  store: { type: 'sqlite' } satisfies RawEntry,
  backlog: 10_000,
  testDays: 7,
  demo: false,
};

function complete(raw: RawConfig, options: LoadOptions): EngineConfig {
  const base = path.dirname(path.resolve(options.file));
  const { timezone: zone, store, backlog, testDays, demo } = { ...DEFAULTS, ...raw };
  const sources = Object.fromEntries(Object.entries(raw.sources ?? {}).map(([key, source]) => [key, sourceOf(source)]));
  return {
    file: options.file,
    dataDir: options.dataDir ?? path.resolve(raw.data === undefined ? '.' : base, raw.data ?? 'data'),
    zone,
    store: chosen(store),
    ...(raw.sealing === undefined ? {} : { sealing: raw.sealing }),
    sources,
    channels: (raw.channels ?? []).map((channel) => channelOf(channel, sources, zone)),
    destinations: (raw.destinations ?? []).map(named),
    senders: (raw.senders ?? []).map(named),
    http: httpOf(raw.http ?? {}, base),
    folders: foldersOf(raw.folders ?? {}, base, options.home),
    backlog,
    testDays,
    demo,
  };
}

function foldersOf(raw: Partial<Readonly<Record<string, string>>>, base: string, home: string): FolderConfig {
  const folder = (key: string, preset: string): string => {
    const given = raw[key];
    return given === undefined ? path.join(home, preset) : path.resolve(base, given);
  };
  return {
    mappings: folder('mappings', 'mappings'),
    plans: folder('plans', 'config/plans'),
    templates: folder('templates', 'config/templates'),
    questionnaires: folder('questionnaires', 'config/questionnaires'),
    concepts: folder('concepts', 'config/concepts'),
    calendars: folder('calendars', 'config/calendars'),
    directory: folder('directory', 'config/directory/demo.yaml'),
  };
}

const sourceOf = (raw: Partial<SourceConfig>): SourceConfig => ({
  owns: raw.owns ?? [],
  ids: raw.ids ?? {},
  rank: raw.rank ?? 100,
  matching: raw.matching ?? 'auto',
});

const without = (entry: RawEntry, names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => !names.includes(key)));

const chosen = (entry: RawEntry): Chosen => ({ type: entry.type, config: without(entry, ['type']) });

const named = (entry: RawEntry): NamedConfig => ({
  name: String(entry['name']),
  type: entry.type,
  config: without(entry, ['type', 'name']),
});

function channelOf(entry: RawEntry, sources: Readonly<Record<string, SourceConfig>>, zone: string): ChannelConfig {
  // The schema has checked every one of these.
  const raw = entry as RawEntry & {
    readonly name: string;
    readonly source: string;
    readonly ack?: ChannelSettings['ack'];
    readonly ackTimeout?: number;
    readonly defaultCharset?: string;
    readonly timezone?: string;
    readonly ids?: ChannelSettings['ids'];
    readonly snapshot?: readonly string[];
    readonly backfill?: boolean;
    readonly onFailure?: ChannelSettings['onFailure'];
    readonly queries?: NonNullable<ChannelSettings['queries']>;
    readonly site?: string;
  };
  const settings: ChannelSettings = {
    name: raw.name,
    source: raw.source,
    ack: raw.ack ?? 'checked',
    ackTimeoutMs: (raw.ackTimeout ?? 30) * 1_000,
    zone: raw.timezone ?? zone,
    ids: { ...sources[raw.source]?.ids, ...raw.ids },
    snapshots: raw.snapshot ?? [],
    backfill: raw.backfill ?? false,
    onFailure: raw.onFailure ?? 'continue',
    ...(raw.defaultCharset === undefined ? {} : { charset: raw.defaultCharset }),
    ...(raw.queries === undefined ? {} : { queries: raw.queries }),
    ...(raw.site === undefined ? {} : { site: raw.site }),
  };
  return { settings, type: entry.type, config: without(entry, ['type', ...Object.keys(CHANNEL_PROPERTIES)]) };
}

function httpOf(raw: NonNullable<RawConfig['http']>, base: string): HttpConfig {
  const { tls, auth } = raw;
  return {
    host: raw.host ?? '127.0.0.1',
    port: raw.port ?? 8080,
    cors: raw.cors ?? [],
    auth:
      auth === undefined || auth === 'none'
        ? { type: 'none' }
        : { type: 'jwt', ...auth, algorithms: auth.algorithms ?? ['RS256', 'RS384', 'ES256', 'ES384'] },
    ...(raw.publicUrl === undefined ? {} : { publicUrl: raw.publicUrl }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            cert: path.resolve(base, tls.cert),
            key: path.resolve(base, tls.key),
            ...(tls.ca === undefined ? {} : { ca: path.resolve(base, tls.ca) }),
          },
        }),
  };
}

/** A configuration is validated once at the edge and never changes afterwards. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
