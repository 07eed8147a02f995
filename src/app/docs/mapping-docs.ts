import path from 'node:path';

import { readTree } from '../files.ts';
import { HOME } from '../home.ts';
import { mappingPages } from './mapping-pages.ts';
import { mappingSchema } from './mapping-schema.ts';

/** What is generated of the base mappings, by path: a page for each message, the schema for editors. */
export async function mappingDocs(): Promise<ReadonlyMap<string, string>> {
  const files = await readTree(path.join(HOME, 'mappings'), ['.yaml', '.csv']);
  return new Map([...mappingPages(files), ['mappings/mapping.schema.json', mappingSchema()]]);
}
