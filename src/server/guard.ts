import type { IncomingMessage } from 'node:http';
import { problem, type Problem } from '../core/problem.ts';
import { isLoopback, type ServerSettings } from './settings.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what only a hostile web page would send from a user's browser: a foreign host name where there is no login
 * (DNS rebinding), and writes from an origin that is neither ours nor listed.
 */
export function refuseForeign(
  { headers, method = 'GET' }: IncomingMessage,
  { auth, cors }: Pick<ServerSettings, 'auth' | 'cors'>,
): Problem | undefined {
  const { host = '', origin } = headers;
  if (auth.type === 'none' && !isLoopback(hostName(host))) {
    return problem('server.request-invalid', 'Without login the server answers to loopback names alone.');
  }
  if (origin === undefined || SAFE.has(method) || cors.includes(origin) || cors.includes('*')) return undefined;
  const isOwn = URL.canParse(origin) && new URL(origin).host === host;
  return isOwn ? undefined : problem('server.forbidden', 'This origin may not write; http.cors lists those that may.');
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
