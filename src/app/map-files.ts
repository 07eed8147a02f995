import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { JingluoError, problem, type Problem } from '../core/problem.ts';
import { splitBatch } from '../hl7/batch.ts';
import { readMessage } from '../hl7/read-message.ts';
import type { MappingSet } from '../mapping/contract.ts';
import type { MappingResult } from '../mapping/result.ts';
import { mapDocument, withDocuments } from './map-document.ts';

/** How messages from files are to be mapped. */
export interface MapOptions {
  readonly mappings: MappingSet;
  /** Site overlay. */
  readonly site?: string;
  readonly source: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly zone: string;
  readonly charset?: string;
  readonly trace?: boolean;
}

/** One message of a file, mapped; `problem` where it could not be. */
export interface Mapped {
  readonly file: string;
  /** Position in the file, from 1. */
  readonly index: number;
  /** How many messages the file holds. */
  readonly count: number;
  readonly result?: MappingResult;
  readonly problem?: Problem;
}

/** Installation of what is mapped outside of a store: the same file gives the same ids everywhere. */
const NO_INSTALLATION = '00000000-0000-0000-0000-000000000000';

/** Files of a path: itself, or what is below a folder and ends with `.hl7`, in the order of names. */
export async function hl7Files(given: string): Promise<readonly string[]> {
  const found = await stat(given).catch(() => undefined);
  if (found === undefined) throw new JingluoError(problem('operation.file', `There is no file or folder ${given}.`));
  if (found.isFile()) return [given];
  const entries = await readdir(given, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.hl7'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Maps every message of a file; a message that cannot be mapped is one result with its problem. */
export async function mapFile(file: string, options: MapOptions): Promise<readonly Mapped[]> {
  return (await readMessages(file)).map((one) => mapBytes(one, options));
}

/** A message that is to be mapped, with where it is from. */
export interface Unmapped extends Pick<Mapped, 'file' | 'index' | 'count'> {
  readonly bytes: Uint8Array;
  readonly receivedAt: Date;
}

/** A file that holds a clinical document, not messages. */
const isDocument = (file: string): boolean => file.endsWith('.xml');

/** The messages of a file; a batch holds several, an `.xml` file one clinical document. */
export async function readMessages(file: string): Promise<readonly Unmapped[]> {
  const content = await readFile(file);
  const messages = isDocument(file) ? [content] : splitBatch(content);
  const { mtime } = await stat(file);
  return messages.map((bytes, at) => ({ file, index: at + 1, count: messages.length, bytes, receivedAt: mtime }));
}

/** Maps one message or document, as `jingluo map` does. */
export function mapBytes({ bytes, receivedAt, ...where }: Unmapped, options: MapOptions): Mapped {
  const { source, ids, zone } = options;
  const around = { installation: NO_INSTALLATION, source, ids, zone, receivedAt };
  if (isDocument(where.file)) {
    const read = mapDocument(bytes, around);
    return read.ok ? { ...where, result: read.value } : { ...where, problem: read.error };
  }
  const message = readMessage(bytes, options.charset === undefined ? {} : { channelDefault: options.charset });
  if (!message.ok) return { ...where, problem: message.error };
  const mapping = options.mappings.for(message.value, options.site);
  if (!mapping.ok) return { ...where, problem: mapping.error };
  const mapped = mapping.value.run(message.value, {
    ...around,
    messageId: `${path.basename(where.file)}-${where.index}`,
    channel: 'file',
    snapshots: [],
    envelope: true,
    ...(options.trace === true ? { trace: true } : {}),
  });
  const result = withDocuments(mapped, around);
  return { ...where, result: { ...result, warnings: [...message.value.warnings, ...result.warnings] } };
}
