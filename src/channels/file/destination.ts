import { createHash } from 'node:crypto';
import path from 'node:path';

import { definePlugin } from '../../core/plugin.ts';
import { problem } from '../../core/problem.ts';
import type { Destination, DestinationDeps, DestinationPlugin, SendOutcome } from '../port.ts';
import { prepareFolder } from './folder.ts';
import { writeAtomically } from './write-file.ts';

/** Settings of a file destination. */
interface FileDestinationSettings {
  readonly folder: string;
  readonly extension?: string;
}

class FileDestination implements Destination {
  readonly address: string;
  readonly #settings: FileDestinationSettings;
  readonly #deps: DestinationDeps;
  #last: Promise<unknown> = Promise.resolve();
  #lastStamp = 0;

  constructor(settings: FileDestinationSettings, deps: DestinationDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.address = `file:${path.resolve(settings.folder)}`;
  }

  send(bytes: Uint8Array): Promise<SendOutcome> {
    const sent = this.#last.then(() => this.#sendNow(bytes));
    this.#last = sent;
    return sent;
  }

  async close(): Promise<void> {
    await this.#last;
  }

  async #sendNow(bytes: Uint8Array): Promise<SendOutcome> {
    const { folder } = this.#settings;
    try {
      await prepareFolder(folder);
      await writeAtomically(path.join(folder, this.#nameFor(bytes)), bytes);
      return { kind: 'accepted' };
    } catch (error) {
      this.#deps.metrics.count('jingluo_destination_failures_total', { destination: this.#deps.name });
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'the folder is not usable';
      const message = `the message could not be written (${reason})`;
      return { kind: 'unavailable', problem: problem('channel.folder-unusable', message, { file: folder }) };
    }
  }

  /** Names sort in the order of sending; the digest shows a message that was written twice. */
  #nameFor(bytes: Uint8Array): string {
    this.#lastStamp = Math.max(Date.now(), this.#lastStamp + 1);
    const stamp = new Date(this.#lastStamp).toISOString().replace(/[-:.]/g, '');
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    return `${stamp}-${digest}${this.#settings.extension ?? '.hl7'}`;
  }
}

/** Writes each message as a file of its own. */
export const fileDestination: DestinationPlugin = definePlugin<FileDestinationSettings, Destination, DestinationDeps>({
  type: 'file',
  summary: 'Writes each message as a file, complete or not at all.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['folder'],
    properties: {
      folder: { type: 'string', minLength: 1, description: 'Folder to write to; made where it is missing.' },
      extension: { type: 'string', pattern: '^\\.', description: 'End of the file names; .hl7 where left out.' },
    },
  },
  examples: [{ folder: '/var/spool/crm' }, { folder: 'outbox', extension: '.txt' }],
  create: (settings, deps) => new FileDestination(settings, deps),
});
