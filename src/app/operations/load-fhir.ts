import { isObject, listOf, parseFhir, stringifyFhir } from '../../fhir/json.ts';
import { problem } from '../../core/problem.ts';
import type { FhirWrite } from '../../pipeline/fhir-writer.ts';
import type { Engine } from '../engine.ts';
import type { Loaded } from './loaded.ts';
import { OperationFailed } from './operation.ts';

/** Resources of an NDJSON file written together. */
const CHUNK = 100;

/**
 * Loads a Bundle (all of it in one commit) or NDJSON (in chunks) as a backfill. Ids of the file are kept; entries
 * without one get one. Yields one result for each commit.
 */
export async function* loadFhir(engine: Engine, bytes: Uint8Array, source: string): AsyncIterable<Loaded> {
  for (const writes of chunksOf(Buffer.from(bytes).toString('utf8'))) {
    const raw = Buffer.from(JSON.stringify(writes.map(({ type, id }) => ({ type, id }))));
    const written = await engine.loadWriter.write(source, writes, raw);
    const id = writes.length === 1 ? `${writes[0]?.type ?? ''}/${writes[0]?.id ?? ''}` : `${writes.length} resources`;
    yield written.ok ? { id, outcome: 'loaded' } : { id, outcome: 'failed', problem: written.error };
  }
}

function* chunksOf(text: string): Iterable<readonly FhirWrite[]> {
  const whole = tryParse(text);
  if (whole !== undefined) {
    yield isObject(whole) && whole['resourceType'] === 'Bundle' ? bundleWrites(whole) : [writeOf(whole, undefined)];
    return;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (let start = 0; start < lines.length; start += CHUNK) {
    yield lines.slice(start, start + CHUNK).map((line) => writeOf(tryParse(line), undefined));
  }
}

function bundleWrites(bundle: Readonly<Record<string, unknown>>): readonly FhirWrite[] {
  return listOf(bundle['entry']).flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry['resource'])) return [];
    const { fullUrl } = entry;
    return [writeOf(entry['resource'], typeof fullUrl === 'string' ? fullUrl : undefined)];
  });
}

function writeOf(resource: unknown, fullUrl: string | undefined): FhirWrite {
  const type = isObject(resource) ? resource['resourceType'] : undefined;
  if (!isObject(resource) || typeof type !== 'string') {
    throw new OperationFailed(problem('operation.file', 'The file holds something that is no FHIR resource.'));
  }
  const { id } = resource;
  const json = stringifyFhir(resource);
  return {
    type,
    json,
    ...(typeof id === 'string' ? { method: 'PUT', id } : { method: 'POST' }),
    ...(fullUrl === undefined ? {} : { fullUrl }),
  };
}

function tryParse(text: string): unknown {
  try {
    return parseFhir(text);
  } catch {
    return undefined;
  }
}
