import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { formatProblem } from '../../../src/core/problem.ts';
import type { Message } from '../../../src/hl7/message.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';
import type { MappingContext, MappingFile, MappingSet } from '../../../src/mapping/contract.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import type { MappingResult } from '../../../src/mapping/result.ts';

const ROOT = join(import.meta.dirname, '../../../mappings');

/** Every file below `mappings/`. */
export function mappingFiles(): readonly MappingFile[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(ROOT, path).replaceAll(sep, '/'), text: readFileSync(path, 'utf8') }));
}

/** Compiled mappings; the test fails where a file has a fault. */
export function loaded(files: readonly MappingFile[] = mappingFiles()): MappingSet {
  const set = loadMappings(files);
  if (set.ok) return set.value;
  throw new TypeError(set.error.map(formatProblem).join('\n'));
}

/** A parsed message; segments one a line. */
export function message(...segments: readonly string[]): Message {
  const read = readMessage(new TextEncoder().encode(segments.join('\r')));
  if (read.ok) return read.value;
  throw new TypeError(formatProblem(read.error));
}

/** What the mapping is told where a test says nothing else. */
export const CONTEXT: MappingContext = {
  installation: '00000000-0000-4000-8000-000000000000',
  messageId: 'm-1',
  channel: 'his',
  source: 'HIS',
  ids: {},
  zone: 'Asia/Shanghai',
  receivedAt: new Date('2026-11-21T00:00:00Z'),
  snapshots: [],
};

/** Maps a message with the mapping of its event. */
export function mapped(set: MappingSet, from: Message, context: MappingContext = CONTEXT): MappingResult {
  const mapping = set.for(from);
  if (mapping.ok) return mapping.value.run(from, context);
  throw new TypeError(formatProblem(mapping.error));
}
