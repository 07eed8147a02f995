import { isObject, listOf, parseFhir } from '../../fhir/json.ts';
import { problem } from '../../core/problem.ts';
import type { FhirWrite } from '../../pipeline/fhir-writer.ts';
import type { Engine } from '../engine.ts';
import type { Loaded } from './loaded.ts';
import { OperationFailed } from './operation.ts';

/** Resources of an NDJSON file written together. */
const CHUNK = 100;

/** Resources that are written together, and the bytes in which the journal finds them again. */
interface Chunk {
  readonly writes: readonly FhirWrite[];
  readonly raw: Uint8Array;
}

/**
 * Loads a Bundle (all of it in one commit) or NDJSON (in chunks) as a backfill. Ids of the file are kept; entries
 * without one get one. Yields one result for each commit.
 */
export async function* loadFhir(engine: Engine, bytes: Uint8Array, source: string): AsyncIterable<Loaded> {
  for (const { writes, raw } of chunksOf(bytes)) {
    const written = await engine.loadWriter.write(source, writes, raw);
    const id = writes.length === 1 ? `${writes[0]?.type ?? ''}/${writes[0]?.id ?? ''}` : `${writes.length} resources`;
    yield written.ok ? { id, outcome: 'loaded' } : { id, outcome: 'failed', problem: written.error };
  }
}

function* chunksOf(bytes: Uint8Array): Iterable<Chunk> {
  const text = Buffer.from(bytes).toString('utf8');
  const whole = tryParse(text);
  if (whole !== undefined) {
    const isBundle = isObject(whole) && whole['resourceType'] === 'Bundle';
    yield { writes: isBundle ? bundleWrites(whole) : [writeOf(whole)], raw: bytes };
    return;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (let start = 0; start < lines.length; start += CHUNK) {
    const chunk = lines.slice(start, start + CHUNK);
    const writes = chunk.map((line, at) => writeOf(tryParse(line), chunk.length === 1 ? {} : { at }));
    yield { writes, raw: Buffer.from(chunk.join('\n')) };
  }
}

function bundleWrites(bundle: Readonly<Record<string, unknown>>): readonly FhirWrite[] {
  return listOf(bundle['entry']).flatMap((entry, at) => {
    if (!isObject(entry) || !isObject(entry['resource'])) return [];
    const { fullUrl } = entry;
    return [writeOf(entry['resource'], { at, ...(typeof fullUrl === 'string' ? { fullUrl } : {}) })];
  });
}

function writeOf(value: unknown, place: Pick<FhirWrite, 'at' | 'fullUrl'> = {}): FhirWrite {
  const type = isObject(value) ? value['resourceType'] : undefined;
  if (!isObject(value) || typeof type !== 'string') {
    throw new OperationFailed(problem('operation.file', 'The file holds something that is no FHIR resource.'));
  }
  const { id } = value;
  const resource = { ...value, resourceType: type };
  return { type, resource, ...(typeof id === 'string' ? { method: 'PUT', id } : { method: 'POST' }), ...place };
}

function tryParse(text: string): unknown {
  try {
    return parseFhir(text);
  } catch {
    return undefined;
  }
}
