import { loadMappings } from '../mapping/load.ts';
import { runOutboundTests } from '../mapping/outbound/run-tests.ts';
import { runMappingTests, type MappingTestResult } from '../mapping/run-tests.ts';
import { JingluoError } from '../core/problem.ts';
import { readTree } from './files.ts';

/** Runs every `*.test.yaml` of a mappings folder; faults of the mappings themselves end it. */
export async function testMappings(folder: string): Promise<readonly MappingTestResult[]> {
  const files = await readTree(folder, ['.yaml', '.csv']);
  const loaded = loadMappings(files.filter(({ path }) => !path.endsWith('.test.yaml')));
  if (!loaded.ok) throw new JingluoError(loaded.error);
  return [...runMappingTests(files), ...runOutboundTests(files)];
}
