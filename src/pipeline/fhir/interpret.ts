import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isObject, listOf, parseFhir } from '../../fhir/json.ts';
import type { FhirResource, ResourcePatch } from '../../fhir/patch.ts';
import type { Interpreter } from '../interpreter.ts';
import type { JournalWrite } from '../journal.ts';
import { conditionalHash, patchOf, readConditional, type NameOf } from './resource-patch.ts';

/** Version of the way from FHIR to news, as a mapping's is its hash. */
export const FHIR_MAPPING = 'fhir-r4';

/**
 * Reads messages of the FHIR endpoint again (replay): the journal says what each write was and which id it got. The
 * resources are news of their time, so what has been written since stands; deletions are facts of the record and are
 * not repeated.
 */
export const fhirInterpreter: Interpreter = {
  contentType: 'application/fhir+json',
  interpret({ bytes, receivedAt, writes, names }) {
    const body = readBody(bytes);
    const entries = entryNames(body, writes ?? []);
    const nameOf: NameOf = (reference) =>
      readConditional(reference) === undefined ? entries.get(reference) : names?.[conditionalHash(reference)];
    const patches: ResourcePatch[] = [];
    for (const write of writes ?? []) {
      if (write.method === 'DELETE' || write.existing === true) continue;
      const resource = resourceAt(body, write);
      if (!resource.ok) return resource;
      patches.push(patchOf(resource.value, write.id, nameOf));
    }
    return ok({
      at: receivedAt,
      patches,
      directives: [],
      snapshots: [],
      unmapped: [],
      warnings: [],
      mappingVersion: FHIR_MAPPING,
      rest: true,
    });
  },
};

/** What was sent: one resource or Bundle, or the lines of NDJSON. */
type Body = unknown;

function readBody(bytes: Uint8Array): Body {
  const text = new TextDecoder('utf-8').decode(bytes);
  return tryParse(text) ?? text.split('\n').filter((line) => line.trim() !== '');
}

function resourceAt(body: Body, { type, at }: JournalWrite): Result<FhirResource, Problem> {
  const found = at === undefined ? body : partAt(body, at);
  if (isObject(found) && found['resourceType'] === type) return ok({ ...found, resourceType: type });
  const path = at === undefined ? {} : { path: `Bundle.entry[${at}]` };
  return err(problem('pipeline.bytes-missing', 'The bytes of the message do not hold what was written.', path));
}

function partAt(body: Body, at: number): unknown {
  if (Array.isArray(body)) return tryParse(String(body[at] ?? ''));
  return entryAt(body, at)?.['resource'];
}

function entryAt(body: Body, at: number): Readonly<Record<string, unknown>> | undefined {
  const entry = isObject(body) ? listOf(body['entry'])[at] : undefined;
  return isObject(entry) ? entry : undefined;
}

/** The names that the entries of a Bundle gave each other, with the ids that they got. */
function entryNames(body: Body, writes: readonly JournalWrite[]): ReadonlyMap<string, string> {
  return new Map(
    writes.flatMap(({ type, id, at }) => {
      const fullUrl = at === undefined ? undefined : entryAt(body, at)?.['fullUrl'];
      return typeof fullUrl === 'string' ? [[fullUrl, `${type}/${id}`] as const] : [];
    }),
  );
}

function tryParse(text: string): unknown {
  try {
    return parseFhir(text);
  } catch {
    return undefined;
  }
}
