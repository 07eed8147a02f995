import path from 'node:path';

import { readTree } from '../files.ts';
import { HOME } from '../home.ts';
import { extensionsPage } from './extensions-page.ts';
import { mappingPages } from './mapping-pages.ts';
import { mappingSchema } from './mapping-schema.ts';

/** What is generated of the base mappings, by path: a page for each message, the extensions, the schema for editors. */
export async function mappingDocs(): Promise<ReadonlyMap<string, string>> {
  const files = await readTree(path.join(HOME, 'mappings'), ['.yaml', '.csv']);
  return new Map([
    ...mappingPages(files),
    ['docs/mapping/extensions.md', extensionsPage(files)],
    ['mappings/mapping.schema.json', mappingSchema()],
  ]);
}
