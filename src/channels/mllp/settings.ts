import { allowSchema } from '../allow-list.ts';
import { bindSchema } from '../bind.ts';
import { serverTlsSchema, type ServerTls } from '../tls.ts';

/** Settings of an MLLP listener as the configuration holds them. */
export interface MllpSettings {
  readonly port: number;
  readonly bind?: string;
  readonly allow?: readonly string[];
  readonly tls?: ServerTls;
  readonly maxConnections?: number;
  readonly maxMessageBytes?: number;
  readonly idleTimeoutMs?: number;
  readonly frameTimeoutMs?: number;
}

/** Limits of one connection. */
export interface ConnectionLimits {
  readonly maxMessageBytes: number;
  readonly idleTimeoutMs: number;
  readonly frameTimeoutMs: number;
}

/** The limits with their defaults: 10 MiB, an hour without a message, a minute for one frame. */
export function limitsOf(settings: MllpSettings): ConnectionLimits {
  return {
    maxMessageBytes: settings.maxMessageBytes ?? 10 * 1024 * 1024,
    idleTimeoutMs: settings.idleTimeoutMs ?? 3_600_000,
    frameTimeoutMs: settings.frameTimeoutMs ?? 60_000,
  };
}

const count = (description: string) => ({ type: 'integer', minimum: 1, description });

/** JSON Schema of {@link MllpSettings}. */
export const mllpSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['port'],
  properties: {
    ...bindSchema,
    allow: allowSchema,
    tls: serverTlsSchema,
    maxConnections: count('Connections at the same time; 256 where left out.'),
    maxMessageBytes: count('Largest message; 10 MiB where left out. A larger one is refused.'),
    idleTimeoutMs: count('Closes a connection without any message for so long; an hour where left out.'),
    frameTimeoutMs: count('Closes a connection whose frame is not complete after so long; 60,000 where left out.'),
  },
};
