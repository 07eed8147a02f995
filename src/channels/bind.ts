import type { AddressInfo, ListenOptions, Server } from 'node:net';

import { JingluoError, problem } from '../core/problem.ts';

/** Where a listener binds. */
export interface Bind {
  readonly channel: string;
  readonly bind: string;
  readonly port: number;
}

/** Settings that every listening socket has, as JSON Schema properties. */
export const bindSchema = {
  bind: { type: 'string', minLength: 1, description: 'Address to listen on; 127.0.0.1 where left out.' },
  port: { type: 'integer', minimum: 0, maximum: 65535, description: 'TCP port to listen on; 0 takes a free one.' },
};

/** Binds a server; rejects with `channel.port-taken` or `channel.bind-failed`, which name the setting to change. */
export async function listen(server: Server, { channel, bind, port }: Bind): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
      const setting = taken ? 'port' : 'bind';
      const message = `${bind}:${port} cannot be bound (${cause.code ?? 'unknown'}); change channels.${channel}.${setting}`;
      reject(new JingluoError(problem(taken ? 'channel.port-taken' : 'channel.bind-failed', message), { cause }));
    };
    server.once('error', failed);
    const options: ListenOptions = { host: bind, port };
    server.listen(options, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** The port a bound server really has, `fallback` before it is bound. */
export function boundPort(server: Server | undefined, fallback: number): number {
  const address: AddressInfo | string | null = server?.address() ?? null;
  return address === null || typeof address === 'string' ? fallback : address.port;
}
