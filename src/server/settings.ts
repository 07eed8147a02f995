import type { AuthSettings } from './auth/authenticate.ts';

/** Where and how the HTTP server listens. */
export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM files; HTTPS instead of HTTP. `ca` asks clients for a certificate of its authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Origins that browsers may call from; `*` for any. */
  readonly cors: readonly string[];
  readonly auth: AuthSettings;
  /** Base of the FHIR endpoint as clients see it, where a proxy stands before it. */
  readonly publicUrl?: string;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
