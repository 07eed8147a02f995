import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One message as the gateway got it. */
export interface Got {
  readonly id: string;
  readonly channel: string;
  readonly to: string;
  readonly text: string;
}

/** A hospital's message gateway: takes every message and keeps it. */
export class Gateway {
  readonly got: Got[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (text += part));
      request.on('end', () => {
        if (request.method === 'POST') this.got.push(JSON.parse(text) as Got);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ status: 'accepted' }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/messages`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
