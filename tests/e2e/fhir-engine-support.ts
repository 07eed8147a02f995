import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HOME } from '../../src/app/home.ts';
import { OPERATIONS } from '../../src/app/operations/builtins.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';
import { storeHistory } from '../../src/pipeline/load.ts';

type Json = Readonly<Record<string, unknown>>;

/** An answer of the endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: Json;
}

const ISSUER = 'https://login.example.org';
const TLS = path.join(HOME, 'tests', 'e2e', 'tls');

/** A whole engine behind HTTPS and bearer tokens of a local issuer, as its clients meet it. */
export class FhirEngine {
  readonly running: RunningEngine;
  readonly #folder: string;
  readonly #keys: http.Server;
  readonly #key: CryptoKey;
  readonly #agent: https.Agent;

  private constructor(
    running: RunningEngine,
    parts: { readonly folder: string; readonly keys: http.Server; readonly key: CryptoKey; readonly ca: Buffer },
  ) {
    this.running = running;
    this.#folder = parts.folder;
    this.#keys = parts.keys;
    this.#key = parts.key;
    this.#agent = new https.Agent({ ca: parts.ca, keepAlive: true, checkServerIdentity: () => undefined });
  }

  static async start(): Promise<FhirEngine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'jingluo-fhir-'));
    const pair = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' };
    const keys = http.createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const { port } = keys.address() as AddressInfo;
    const config = path.join(folder, 'jingluo.yaml');
    await writeFile(
      config,
      [
        'timezone: Asia/Shanghai',
        'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
        'channels: [{ name: his, type: mllp, source: HIS, port: 0 }]',
        'http:',
        '  port: 0',
        '  cors: ["https://console.example.org"]',
        `  tls: { cert: "${TLS}/server.pem", key: "${TLS}/server.key" }`,
        `  auth: { issuer: "${ISSUER}", audience: jingluo, jwksUri: "http://127.0.0.1:${port}/jwks" }`,
      ].join('\n'),
    );
    const running = await runEngine(await loadSite({ config, data: path.join(folder, 'data') }));
    return new FhirEngine(running, { folder, keys, key: pair.privateKey, ca: await readFile(`${TLS}/ca.pem`) });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.running.stop(1_000);
    this.#keys.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A client of the endpoint by the name in its tokens. */
  async client(name: string, scope = 'system/*.read system/*.write'): Promise<FhirClient> {
    const token = await new SignJWT({ scope, client_id: name })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setAudience('jingluo')
      .setExpirationTime('1h')
      .sign(this.#key);
    return new FhirClient(`${this.running.httpUrl}/fhir`, this.#agent, token);
  }

  /** Says an ADT^A28 of the HIS about a patient. */
  async admit(control: string, number: string, name: string, birth: string): Promise<void> {
    const { engine } = this.running;
    const channel = engine.channel('his');
    if (channel === undefined) throw new TypeError('no channel his');
    const text = [
      `MSH|^~\\&|HIS|H|J|J|20261121080000+0800||ADT^A28^ADT_A05|${control}|P|2.5|||||CHN|UNICODE UTF-8`,
      'EVN||20261121080000',
      `PID|1||${number}^^^HOSP01^MR||${name}||${birth}|F`,
    ].join('\r');
    const stored = await storeHistory(engine.store, Buffer.from(text), channel, new Date());
    if (stored.kind === 'stored') await engine.processor.process(stored.item.id);
  }

  /** Runs an operation of the command line to its end. */
  async operate(name: string, params: Json): Promise<readonly Json[]> {
    const lines: Json[] = [];
    for await (const line of OPERATIONS.get(name)?.run(this.running.engine, params) ?? []) lines.push(line);
    return lines;
  }
}

/** One client; every call carries its token. */
export class FhirClient {
  readonly base: string;
  readonly #agent: https.Agent;
  readonly #token: string;

  constructor(base: string, agent: https.Agent, token: string) {
    this.base = base;
    this.#agent = agent;
    this.#token = token;
  }

  get(where: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('GET', where, undefined, headers);
  }

  /** `body` is sent as it is where it is text. */
  call(method: string, where: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const url = where.startsWith('https:') ? where : `${this.base}${where}`;
    const all = {
      ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const request = https.request(url, { method, agent: this.#agent, headers: all }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Json;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      });
      request.on('error', reject);
      request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
  }
}

/** Resources in the entries of a Bundle. */
export function resourcesOf(bundle: Json): readonly Json[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as readonly Json[]) : [];
  return entries.flatMap((entry) => (entry['resource'] === undefined ? [] : [entry['resource'] as Json]));
}

/** Code of the first issue of an OperationOutcome. */
export function codeOf(outcome: Json): string | undefined {
  return /"code":"([a-z]+\.[a-z-]+)"/.exec(JSON.stringify(outcome))?.[1];
}
