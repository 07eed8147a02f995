import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { JingluoError } from '../../core/problem.ts';
import { readYaml } from '../../mapping/read/yaml.ts';
import { plainOf } from '../../mapping/source/node.ts';
import { readTree } from '../files.ts';
import { HOME } from '../home.ts';
import { extensionsPage } from './extensions-page.ts';
import { mappingPages } from './mapping-pages.ts';
import { mappingSchema } from './mapping-schema.ts';

/** Rows of HL7's guide that are mapped otherwise, with the reasons. */
const DIFFERENCES = 'docs/guide-differences.yaml';

/** What is generated of the base mappings, by path: a page for each message, the extensions, the schema for editors. */
export async function mappingDocs(): Promise<ReadonlyMap<string, string>> {
  const files = await readTree(path.join(HOME, 'mappings'), ['.yaml', '.csv']);
  const differences = readYaml(DIFFERENCES, await readFile(path.join(HOME, DIFFERENCES), 'utf8'));
  if (!differences.ok) throw new JingluoError(differences.error);
  return new Map([
    ...mappingPages(files, plainOf(differences.value)),
    ['docs/mapping/extensions.md', extensionsPage(files)],
    ['mappings/mapping.schema.json', mappingSchema()],
  ]);
}
