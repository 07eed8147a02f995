import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { OutboundSet } from '../mapping/outbound/contract.ts';
import { loadOutbound } from '../mapping/outbound/load.ts';
import { readTree } from './files.ts';

/** Reads, checks and compiles the outbound mappings of a folder; every fault of every file at once. */
export async function readOutbound(folder: string): Promise<Result<OutboundSet, readonly Problem[]>> {
  const files = await readTree(folder, ['.yaml', '.csv']);
  return loadOutbound(files.filter(({ path }) => !path.endsWith('.test.yaml')));
}
