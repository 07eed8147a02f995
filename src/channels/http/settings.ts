import { allowSchema } from '../allow-list.ts';
import { bindSchema } from '../bind.ts';
import { serverTlsSchema, type ServerTls } from '../tls.ts';

/** Settings of an HTTP listener as the configuration holds them. */
export interface HttpSettings {
  readonly port: number;
  readonly bind?: string;
  readonly path?: string;
  readonly allow?: readonly string[];
  readonly tls?: ServerTls;
  readonly maxConnections?: number;
  readonly maxMessageBytes?: number;
  readonly requestTimeoutMs?: number;
}

const count = (description: string) => ({ type: 'integer', minimum: 1, description });

/** JSON Schema of {@link HttpSettings}. */
export const httpSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['port'],
  properties: {
    ...bindSchema,
    path: { type: 'string', pattern: '^/', description: 'Path that messages are posted to; / where left out.' },
    allow: allowSchema,
    tls: serverTlsSchema,
    maxConnections: count('Connections at the same time; 256 where left out.'),
    maxMessageBytes: count('Largest body; 10 MiB where left out. A larger one is answered with 413.'),
    requestTimeoutMs: count('How long a request may take to arrive; 60,000 where left out.'),
  },
};
