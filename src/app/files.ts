import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A file as text with its path below the folder that was read, `/` between the parts. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** All files of a folder and the folders below whose name ends with one of the endings, in the order of their paths; `[]` where there is no such folder. */
export async function readTree(folder: string, endings: readonly string[]): Promise<readonly TextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (file) => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      text: await readFile(file, 'utf8'),
    })),
  );
}
