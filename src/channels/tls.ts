import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';

import { JingluoError, problem } from '../core/problem.ts';

/** Certificate files of a listener, in PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates; where given, every client must show one (mutual TLS). */
  readonly clientCa?: string;
}

/** Certificate files of a client, in PEM. */
export interface ClientTls {
  /** Authorities of the server's certificate; those of the system where left out. */
  readonly ca?: string;
  /** Own certificate and key, for mutual TLS. */
  readonly cert?: string;
  readonly key?: string;
  /** Name to expect in the server's certificate; the host where left out. */
  readonly serverName?: string;
}

const path = (description: string) => ({ type: 'string', minLength: 1, description });

/** JSON Schema of the setting `tls` of listeners. */
export const serverTlsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['cert', 'key'],
  properties: {
    cert: path('File with the certificate chain, PEM.'),
    key: path('File with the private key, PEM.'),
    clientCa: path('File with the authorities of client certificates, PEM; where given, clients must show one.'),
  },
};

/** JSON Schema of the setting `tls` of destinations. */
export const clientTlsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ca: path('File with the authorities that the server is trusted by, PEM; those of the system where left out.'),
    cert: path('File with the own certificate, PEM, for mutual TLS.'),
    key: path('File with the own private key, PEM, for mutual TLS.'),
    serverName: path('Name to expect in the certificate of the server; the host where left out.'),
  },
};

/** Reads the files of a listener; throws `channel.tls-unreadable`. */
export async function loadServerTls(tls: ServerTls): Promise<TlsOptions> {
  const options = await load({ cert: tls.cert, key: tls.key, ca: tls.clientCa });
  const mutual = tls.clientCa !== undefined;
  return { ...options, minVersion: 'TLSv1.2', requestCert: mutual, rejectUnauthorized: mutual };
}

/** Reads the files of a client; throws `channel.tls-unreadable`. */
export async function loadClientTls(tls: ClientTls): Promise<SecureContextOptions & { servername?: string }> {
  const options = await load({ cert: tls.cert, key: tls.key, ca: tls.ca });
  const name = tls.serverName === undefined ? {} : { servername: tls.serverName };
  return { ...options, ...name, minVersion: 'TLSv1.2' };
}

type Files = Readonly<Record<'cert' | 'key' | 'ca', string | undefined>>;

async function load(files: Files): Promise<SecureContextOptions> {
  const options: SecureContextOptions = {};
  for (const [name, file] of [
    ['cert', files.cert],
    ['key', files.key],
    ['ca', files.ca],
  ] as const) {
    if (file !== undefined) options[name] = await read(file);
  }
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new JingluoError(problem('channel.tls-unreadable', 'certificate and key cannot be used together'), { cause });
  }
  return options;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new JingluoError(problem('channel.tls-unreadable', 'the file cannot be read', { file }), { cause });
  }
}
