import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { definePlugin } from '../../core/plugin.ts';
import { problem } from '../../core/problem.ts';
import type { Listener, ListenerDeps, ListenerPlugin } from '../port.ts';
import { moveInto, prepareFolder, waitingFiles, type WaitingFile } from './folder.ts';
import { fileReaderSchema, type FileReaderSettings } from './settings.ts';
import { takeFile, type FileOutcome } from './take-file.ts';

const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/**
 * Reads a folder over and over. A file stays where it is until every message in it is answered; only then it moves, so after
 * a crash in between it is read again, and intake gives its messages the same answers without a second effect.
 */
class FileReader implements Listener {
  readonly address: string;
  readonly #settings: FileReaderSettings;
  readonly #deps: ListenerDeps;
  /** What a file looked like when it was last seen, and since when (monotonic milliseconds). */
  readonly #seen = new Map<string, { readonly size: number; readonly modifiedMs: number; readonly since: number }>();
  #running: Promise<void> | undefined;
  #stopping = false;
  #wake: () => void = () => undefined;

  constructor(settings: FileReaderSettings, deps: ListenerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.address = `file:${path.resolve(settings.folder)}`;
  }

  async start(): Promise<void> {
    const { folder } = this.#settings;
    for (const one of [folder, path.join(folder, 'done'), path.join(folder, 'failed')]) await prepareFolder(one);
    this.#stopping = false;
    this.#running = this.#run();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#wake();
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#running, grace]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#round();
      } catch (error) {
        this.#deps.log.warn('folder.unreadable', { channel: this.#deps.name, reason: reasonOf(error) });
      }
      await this.#pause(this.#settings.pollMs ?? 1_000);
    }
  }

  async #round(): Promise<void> {
    const files = await waitingFiles(this.#settings.folder, this.#settings.extension ?? '');
    const names = new Set(files.map((file) => file.name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    const settled = files.map((file) => this.#isSettled(file));
    for (const [index, file] of files.entries()) {
      // The files after one that is still being written wait too: order is by name.
      if (this.#stopping || settled[index] !== true) return;
      if ((await this.#take(file)) === 'later') return;
    }
  }

  /** Size and time have not changed for a while, so its writer has finished. */
  #isSettled({ name, size, modifiedMs }: WaitingFile): boolean {
    const now = performance.now();
    const before = this.#seen.get(name);
    if (before?.size !== size || before.modifiedMs !== modifiedMs) {
      this.#seen.set(name, { size, modifiedMs, since: now });
      return false;
    }
    return now - before.since >= (this.#settings.settleMs ?? 2_000);
  }

  async #take(file: WaitingFile): Promise<FileOutcome['kind']> {
    const { log, metrics, name: channel } = this.#deps;
    try {
      const outcome = await this.#read(file);
      if (outcome.kind === 'later') return 'later';
      const report = outcome.kind === 'failed' ? `${JSON.stringify(outcome, undefined, 2)}\n` : undefined;
      await moveInto(path.join(this.#settings.folder, outcome.kind), file, report);
      this.#seen.delete(file.name);
      metrics.count('jingluo_files_total', { channel, outcome: outcome.kind });
      if (outcome.kind === 'failed') log.warn('file.failed', { channel, problems: outcome.problems.length });
      return outcome.kind;
    } catch (error) {
      // It stays and is tried again; the others go on.
      metrics.count('jingluo_files_unreadable_total', { channel });
      log.warn('file.unreadable', { channel, code: 'channel.file-unreadable', reason: reasonOf(error) });
      return 'done';
    }
  }

  async #read(file: WaitingFile): Promise<FileOutcome> {
    const { maxFileBytes = MAX_FILE_BYTES, maxMessageBytes = MAX_MESSAGE_BYTES } = this.#settings;
    if (file.size > maxFileBytes) {
      const message = `the file is larger than ${maxFileBytes} bytes`;
      const fault = { messageNumber: 1, ...problem('channel.message-too-large', message) };
      return { kind: 'failed', messages: 0, problems: [fault] };
    }
    return takeFile(this.#deps, { name: file.name, bytes: await readFile(file.file) }, maxMessageBytes);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Reads HL7 v2 messages and batches from the files of a folder. */
export const fileReader: ListenerPlugin = definePlugin<FileReaderSettings, Listener, ListenerDeps>({
  type: 'file',
  summary:
    'Reads HL7 v2 messages and batches, and CDA documents (.xml), from the files of a folder, in the order of their names.',
  schema: fileReaderSchema,
  examples: [{ folder: '/var/spool/his' }, { folder: 'inbox', extension: '.hl7', pollMs: 500, settleMs: 1_000 }],
  create: (settings, deps) => new FileReader(settings, deps),
});
