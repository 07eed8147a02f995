import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

import { readTree } from '../../src/app/files.ts';
import { HOME } from '../../src/app/home.ts';
import { hl7Files } from '../../src/app/map-files.ts';

/** A file's bytes under a name that may stand in a report. */
export interface Input {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Case {
  readonly name?: string;
  readonly message?: string;
}

/** The messages of the cases beside the mappings. */
export async function caseMessages(): Promise<readonly Input[]> {
  const files = await readTree(path.join(HOME, 'mappings'), ['.test.yaml']);
  return files.flatMap(({ path: file, text }) =>
    (parse(text) as readonly Case[]).flatMap(({ name = '', message = '' }) =>
      message === ''
        ? []
        : [{ name: `${file} "${name}"`, bytes: new TextEncoder().encode(message.trim().replaceAll(/\r?\n/gu, '\r')) }],
    ),
  );
}

/** Every n-th `.hl7` file below a folder, in the order of names. */
export async function folderMessages(folder: string, every: number): Promise<readonly Input[]> {
  const files = (await hl7Files(folder)).filter((_, index) => index % every === 0);
  return Promise.all(files.map(async (file) => ({ name: path.relative(folder, file), bytes: await readFile(file) })));
}
