import path from 'node:path';
import { parseArgs } from 'node:util';

import { readTree } from '../src/app/files.ts';
import { HOME } from '../src/app/home.ts';
import { formatProblem } from '../src/core/problem.ts';
import { isObject, stringifyFhir } from '../src/fhir/json.ts';
import type { FhirResource } from '../src/fhir/patch.ts';
import { validate } from '../src/fhir/validate/validate.ts';
import { splitBatch } from '../src/hl7/batch.ts';
import { readMessage } from '../src/hl7/read-message.ts';
import type { MappingSet } from '../src/mapping/contract.ts';
import { loadMappings } from '../src/mapping/load.ts';
import { toResources } from '../src/mapping/to-resources.ts';
import { endProgress, result } from './say.ts';
import { validateByHl7 } from './validity/hl7-validator.ts';
import { caseMessages, folderMessages, type Input } from './validity/messages.ts';

/** A resource that a mapping made, with where it came from. */
interface Made {
  readonly from: string;
  readonly resource: FhirResource;
}

const CONTEXT = {
  installation: '00000000-0000-0000-0000-000000000000',
  channel: 'file',
  source: 'PROOF',
  ids: {},
  zone: 'Asia/Shanghai',
  receivedAt: new Date('2026-11-21T00:00:00Z'),
  snapshots: [],
  envelope: true,
};

function mapped({ name, bytes }: Input, mappings: MappingSet): readonly Made[] | undefined {
  const all: Made[] = [];
  for (const [index, one] of splitBatch(bytes).entries()) {
    const message = readMessage(one);
    const mapping = message.ok ? mappings.for(message.value) : undefined;
    if (!message.ok || mapping?.ok !== true) return undefined;
    const made = mapping.value.run(message.value, { ...CONTEXT, messageId: `${name}-${index}` });
    all.push(...toResources(made).map((resource) => ({ from: name, resource })));
  }
  return all;
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const { reference } = value;
  return [...(typeof reference === 'string' ? [reference] : []), ...Object.values(value).flatMap(referencesIn)];
}

/** What our validator finds, and references that lead to nothing of their own message. */
function ownFaults(made: readonly Made[]): readonly string[] {
  const known = new Set(made.map(({ resource }) => `${resource.resourceType}/${String(resource['id'])}`));
  return made.flatMap(({ from, resource }) => [
    ...validate(resource).map(({ problem }) => `${from}: ${formatProblem(problem)}`),
    ...referencesIn(resource)
      .filter((reference) => !reference.startsWith('#') && !known.has(reference))
      .map((reference) => `${from}: ${resource.resourceType} refers to ${reference}, which nothing made`),
  ]);
}

/**
 * Maps messages and has everything that came out validated twice: by our validator and by HL7's own engine.
 * Usage: npm run prove:valid -- [--samples FOLDER [--every N]]
 * Without a folder the messages of the cases beside the mappings are taken; with one, every n-th `.hl7` file below it too.
 * Exit code: 0 all valid, 1 something is not, 2 the mappings have faults.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { samples: { type: 'string' }, every: { type: 'string', default: '1' } } });
  const loaded = loadMappings(await readTree(path.join(HOME, 'mappings'), ['.yaml', '.csv']));
  if (!loaded.ok) {
    for (const fault of loaded.error) result(formatProblem(fault));
    return 2;
  }
  const samples = values.samples === undefined ? [] : await folderMessages(values.samples, Number(values.every));
  const inputs = [...(await caseMessages()), ...samples];
  const outcomes = inputs.map((input) => mapped(input, loaded.value));
  const made = outcomes.flatMap((outcome) => outcome ?? []);
  const own = outcomes.flatMap((outcome) => ownFaults(outcome ?? []));
  const errors = await validateByHl7(made.map(({ resource }) => stringifyFhir(resource)));
  endProgress();
  const theirs = errors.map(({ index, text }) => `${made[index]?.from ?? ''}: ${text}`);
  for (const fault of [...own, ...theirs]) result(fault);
  const unmapped = outcomes.filter((outcome) => outcome === undefined).length;
  result(
    `prove:valid: ${inputs.length} messages (${unmapped} of events without a mapping), ${made.length} resources, ` +
      `${own.length} faults by our validator, ${theirs.length} by HL7's`,
  );
  return own.length + theirs.length === 0 ? 0 : 1;
}

process.exitCode = await main();
