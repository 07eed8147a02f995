import type { EngineConfig, HttpConfig, SourceConfig } from './engine-config.ts';

/** The file as its schema leaves it: everything optional that may be left out. */
export interface RawConfig {
  readonly data?: string;
  readonly timezone?: string;
  readonly demo?: boolean;
  readonly store?: RawEntry;
  readonly sealing?: EngineConfig['sealing'];
  readonly sources?: Readonly<Record<string, Partial<SourceConfig>>>;
  readonly channels?: readonly RawEntry[];
  readonly destinations?: readonly RawEntry[];
  readonly senders?: readonly RawEntry[];
  readonly http?: Partial<Omit<HttpConfig, 'auth'>> & { readonly auth?: 'none' | RawJwt };
  readonly folders?: Partial<Readonly<Record<string, string>>>;
  readonly backlog?: number;
  readonly testDays?: number;
}

/** An entry of a list, its plug-in's settings flat beside its own. */
export type RawEntry = Readonly<Record<string, unknown>> & { readonly type: string };

/** Token settings as written. */
interface RawJwt {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithms?: readonly string[];
}
