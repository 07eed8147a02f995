import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { JingluoError, problem } from '../core/problem.ts';
import type { Metrics } from '../core/metrics.ts';
import { createApp } from './app.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import type { FhirDeps } from './fhir/deps.ts';
import { createEndpoint } from './fhir/endpoint.ts';
import { problemReply } from './fhir/status.ts';
import { createFhirListener, FHIR_BASE } from './fhir-listener.ts';
import type { AdminOperations, Pages } from './pages.ts';
import { refuseForeign } from './guard.ts';
import { sendReply } from './reply.ts';
import { isLoopback, type ServerSettings } from './settings.ts';

/** What the HTTP server needs. */
export interface ServerDeps extends FhirDeps {
  readonly metrics: Metrics;
  /** What `/metrics` shows. */
  readonly metricsText: () => Promise<string>;
  /** False while the store cannot keep what arrives, although it answers; then `/ready` says so. */
  readonly isWriting?: () => boolean;
  readonly admin?: AdminOperations;
  readonly pages?: Pages;
}

/** The HTTP server: FHIR endpoint, health, metrics, operations, pages. */
export interface Server {
  /** Rejects with a `JingluoError` where it cannot listen. */
  start(): Promise<void>;
  /** Takes no new connection, lets requests under way finish for at most `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** `http://127.0.0.1:8080` once it is started. */
  readonly address: string;
}

/**
 * Makes the server. FHIR requests go straight to the endpoint, everything else through express: the framework costs
 * more than a read does (DESIGN section 9).
 * @throws JingluoError `server.open-endpoint` where nobody is asked who they are and other machines can connect
 */
export function createServer(deps: ServerDeps, settings: ServerSettings): Server {
  if (settings.auth.type === 'none' && !isLoopback(settings.host)) {
    throw new JingluoError(
      problem('server.open-endpoint', `http.auth is none, but ${settings.host} can be reached from other machines.`),
    );
  }
  return new HttpServer(deps, settings);
}

class HttpServer implements Server {
  readonly #deps: ServerDeps;
  readonly #settings: ServerSettings;
  #server: http.Server | undefined;

  constructor(deps: ServerDeps, settings: ServerSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  get address(): string {
    const { host, port, tls } = this.#settings;
    const bound = this.#server?.address();
    const name = host.includes(':') ? `[${host}]` : host;
    return `${tls === undefined ? 'http' : 'https'}://${name}:${isAddress(bound) ? bound.port : port}`;
  }

  async start(): Promise<void> {
    const { host, port } = this.#settings;
    const server = await this.#create();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const message = `${host}:${port} cannot be opened (${cause.code ?? cause.name}); http.port sets another.`;
        reject(new JingluoError(problem('server.port-taken', message), { cause }));
      });
      server.listen(port, host, resolve);
    });
    this.#server = server;
  }

  async stop(graceMs = 5000): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    server.closeIdleConnections();
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  async #create(): Promise<http.Server> {
    const listener = this.#listener();
    const { tls } = this.#settings;
    // Slow clients may not hold a connection open for ever.
    const limits = { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 30_000 };
    if (tls === undefined) return http.createServer(limits, listener);
    try {
      const [cert, key, ca] = await Promise.all([tls.cert, tls.key, tls.ca].map(readPem));
      const client = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
      return https.createServer({ ...limits, cert, key, minVersion: 'TLSv1.2', ...client }, listener);
    } catch (cause) {
      throw new JingluoError(problem('server.tls-unreadable', 'http.tls: a PEM file cannot be used.'), { cause });
    }
  }

  #listener(): http.RequestListener {
    const { store, now, admin, pages, metricsText, metrics, log, isWriting } = this.#deps;
    const authenticate = createAuthenticate(this.#settings.auth, now);
    const isReady = (): Promise<boolean> =>
      store.now().then(
        () => isWriting?.() !== false,
        () => false,
      );
    const app = createApp({
      authenticate,
      isReady,
      metricsText,
      log,
      ...(admin === undefined ? {} : { admin }),
      ...(pages === undefined ? {} : { pages }),
    });
    const { cors, publicUrl } = this.#settings;
    const fhir = createFhirListener(createEndpoint(this.#deps), {
      authenticate,
      metrics,
      log,
      cors,
      base: (request) => publicUrl?.replace(/\/+$/, '') ?? `${this.#origin(request)}${FHIR_BASE}`,
    });
    return (request, response) => {
      response.setHeader('x-content-type-options', 'nosniff');
      const foreign = refuseForeign(request, this.#settings);
      if (foreign !== undefined) {
        void sendReply(request, response, problemReply(foreign));
        return;
      }
      const { url = '/' } = request;
      if (url === FHIR_BASE || url.startsWith(`${FHIR_BASE}/`) || url.startsWith(`${FHIR_BASE}?`))
        fhir(request, response);
      else app(request, response);
    };
  }

  /** The host that the client used, where it looks like one. */
  #origin({ headers: { host } }: http.IncomingMessage): string {
    if (host === undefined || !/^[\w.:[\]-]{1,255}$/.test(host)) return this.address;
    return `${this.#settings.tls === undefined ? 'http' : 'https'}://${host}`;
  }
}

function isAddress(bound: string | AddressInfo | null | undefined): bound is AddressInfo {
  return typeof bound === 'object' && bound !== null;
}

function readPem(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? Promise.resolve(undefined) : readFile(file);
}
