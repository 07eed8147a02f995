import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { ANYBODY, rightsOf, type Principal } from './principal.ts';

/** Who may use the server. */
export type AuthSettings =
  | { readonly type: 'none' }
  | {
      readonly type: 'jwt';
      readonly issuer: string;
      readonly audience: string;
      readonly jwksUri: string;
      readonly algorithms: readonly string[];
    };

/** Finds out who asks from the Authorization header. */
export type Authenticate = (authorization: string | undefined) => Promise<Result<Principal, Problem>>;

/** Algorithms that are accepted where the configuration names none; symmetric ones never are. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Verified tokens that are remembered until they expire. */
const REMEMBERED = 10_000;

/** The check of tokens that a configuration asks for. */
export function createAuthenticate(settings: AuthSettings, now: () => Date): Authenticate {
  if (settings.type === 'none') return () => Promise.resolve(ok(ANYBODY));
  const keys = createRemoteJWKSet(new URL(settings.jwksUri));
  const algorithms = (settings.algorithms.length === 0 ? ALGORITHMS : settings.algorithms).filter(
    (name) => !name.startsWith('HS') && name !== 'none',
  );
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  return async (authorization) => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return refused('A bearer token is expected.');
    // The hash stands for the token, so that memory holds no usable one.
    const hash = createHash('sha256').update(token).digest('base64');
    const before = known.get(hash);
    if (before !== undefined && before.until > now().getTime()) return ok(before.principal);
    known.delete(hash);
    try {
      const { issuer, audience } = settings;
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp'],
        currentDate: now(),
      });
      const principal = principalOf(payload);
      if (known.size >= REMEMBERED) known.clear();
      known.set(hash, { principal, until: (payload.exp ?? 0) * 1000 });
      return ok(principal);
    } catch (error) {
      return refused(error instanceof errors.JOSEError ? reasonOf(error) : 'The keys of the issuer cannot be reached.');
    }
  };
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} is not as expected.`;
  return `The token is not valid (${error.code}).`;
}

function refused(message: string): Result<never, Problem> {
  return err(problem('server.unauthorized', message));
}

function principalOf(payload: JWTPayload): Principal {
  const { client_id: clientId, azp, sub, scope, scp } = payload;
  const client = [clientId, azp, sub].find((name) => typeof name === 'string' && name !== '');
  const listed = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scp) ? scp.map(String) : [];
  return { client: typeof client === 'string' ? client : 'unknown', ...rightsOf(listed) };
}
