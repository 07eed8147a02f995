import type { ChannelSettings } from '../core/channel-settings.ts';

/** A plug-in chosen by `type:`, with its own settings (already checked by its schema). */
export interface Chosen {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A way in. */
export interface ChannelConfig extends Chosen {
  readonly settings: ChannelSettings;
}

/** A way out, or a sender. */
export interface NamedConfig extends Chosen {
  readonly name: string;
}

/** What is configured of a source. */
export interface SourceConfig {
  readonly owns: readonly string[];
  readonly ids: Readonly<Record<string, string>>;
  readonly rank: number;
  readonly matching: 'auto' | 'review' | 'off';
}

/** Who may use the HTTP endpoint. */
type AuthConfig =
  | { readonly type: 'none' }
  | {
      readonly type: 'jwt';
      readonly issuer: string;
      readonly audience: string;
      readonly jwksUri: string;
      readonly algorithms: readonly string[];
    };

/** The HTTP server: FHIR endpoint, metrics, console. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  readonly cors: readonly string[];
  readonly auth: AuthConfig;
  /** Public base of the FHIR endpoint where it is behind a proxy. */
  readonly publicUrl?: string;
}

/** Files that belong to the configuration; absolute paths. */
export interface FolderConfig {
  readonly mappings: string;
  readonly plans: string;
  readonly templates: string;
  readonly questionnaires: string;
  readonly concepts: string;
  readonly calendars: string;
  /** File of the staff directory. */
  readonly directory: string;
}

/** Keys that seal what is stored. */
interface SealingConfig {
  readonly current: string;
  /** 32 bytes each, base64. */
  readonly keys: readonly { readonly id: string; readonly secret: string }[];
}

/** A whole, checked and frozen configuration. */
export interface EngineConfig {
  readonly file: string;
  readonly dataDir: string;
  readonly zone: string;
  readonly store: Chosen;
  readonly sealing?: SealingConfig;
  readonly sources: Readonly<Record<string, SourceConfig>>;
  readonly channels: readonly ChannelConfig[];
  readonly destinations: readonly NamedConfig[];
  readonly senders: readonly NamedConfig[];
  readonly http: HttpConfig;
  readonly folders: FolderConfig;
  /** Stored messages per channel above which intake stops reading. */
  readonly backlog: number;
  /** Days that test and debug messages are kept. */
  readonly testDays: number;
  /** Plays the demo day: an own clock is allowed only here. */
  readonly demo: boolean;
}
