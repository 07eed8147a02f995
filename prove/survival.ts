import path from 'node:path';
import { parseArgs } from 'node:util';

import { hl7Files, mapBytes, readMessages, type Unmapped } from '../src/app/map-files.ts';
import { readTree } from '../src/app/files.ts';
import { HOME } from '../src/app/home.ts';
import { mappingsIn } from '../src/app/site.ts';
import { readMessage } from '../src/hl7/read-message.ts';
import type { MappingSet } from '../src/mapping/contract.ts';
import { describeMappings, structuralOf } from '../src/mapping/describe/describe.ts';
import { survivalOf, type Survival } from '../tests/support/survival.ts';
import { result } from './say.ts';

/**
 * How much of the values of messages is in the resources that are made of them, and whether each of the others is on the
 * unmapped list.
 * Usage: npm run prove:survival -- --messages FOLDER [--verbose] [--fields N]
 * With `--fields` the N fields are listed of which most values are in no resource.
 * Exit code: 0 every value is accounted for, 1 some are not.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { messages: { type: 'string' }, verbose: { type: 'boolean' }, fields: { type: 'string' } },
  });
  const folder = path.join(HOME, 'mappings');
  const mappings = await mappingsIn(folder);
  const described = describeMappings(await readTree(folder, ['.yaml', '.csv']));
  const structural = new Map((described.ok ? described.value : []).map((one) => [one.structure, structuralOf(one)]));
  const lost = new Map<string, number>();
  const sum = { messages: 0, unmapped: 0, values: 0, inFhir: 0, unaccounted: 0 };
  for (const file of await hl7Files(values.messages ?? '')) {
    for (const one of await readMessages(file)) {
      sum.messages += 1;
      const found = survive(one, mappings, structural);
      if (found === undefined) {
        sum.unmapped += 1;
        continue;
      }
      sum.values += found.values;
      sum.inFhir += found.inFhir;
      sum.unaccounted += found.unaccounted.length;
      for (const address of found.elsewhere) lost.set(bare(address), (lost.get(bare(address)) ?? 0) + 1);
      tell(path.basename(file), found, values.verbose === true);
    }
  }
  const most = [...lost].sort(([, a], [, b]) => b - a).slice(0, Number(values.fields ?? 0));
  for (const [field, count] of most) result(`  ${field}  ${count} values are in no resource`);
  const share = ((100 * sum.inFhir) / sum.values).toFixed(1);
  result(`${sum.messages} messages, ${sum.unmapped} without a mapping`);
  result(`${share} % of ${sum.values} values are in FHIR, ${sum.unaccounted} in no account`);
  return sum.unaccounted === 0 ? 0 : 1;
}

function survive(
  one: Unmapped,
  mappings: MappingSet,
  structural: ReadonlyMap<string, ReadonlySet<string>>,
): Survival | undefined {
  const read = readMessage(one.bytes);
  const { result: made } = mapBytes(one, { mappings, source: 'FILE', ids: {}, zone: 'Asia/Shanghai', trace: true });
  if (!read.ok || made === undefined) return undefined;
  const found = mappings.for(read.value);
  const formal = found.ok ? structural.get(found.value.structure) : undefined;
  return survivalOf(read.value, made, formal ?? new Set());
}

function tell(name: string, { values, inFhir, unaccounted }: Survival, verbose: boolean): void {
  if (unaccounted.length > 0) result(`${name}: in no account ${unaccounted.join(' ')}`);
  if (verbose) result(`${name}: ${inFhir} of ${values}`);
}

const bare = (address: string): string => address.replace(/\[\d+\]/u, '');

process.exitCode = await main();
