import { constants } from 'node:fs';
import { access, mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';

import { JingluoError, problem } from '../../core/problem.ts';
import { syncFolder, writeAtomically } from './write-file.ts';

/** A file that waits in the folder. */
export interface WaitingFile {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Creates a folder where it is missing and checks that it may be written; throws `channel.folder-unusable`. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const fault = problem('channel.folder-unusable', 'the folder cannot be read and written', { file: folder });
    throw new JingluoError(fault, { cause });
  }
}

/** Files of a folder by name, without those that begin with a dot (still being written) or do not end in `extension`. */
export async function waitingFiles(folder: string, extension: string): Promise<readonly WaitingFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name.endsWith(extension))
    .map((entry) => entry.name)
    .sort();
  const files: WaitingFile[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    // Somebody may have taken the file away since it was listed.
    if (found !== undefined) files.push({ name, file, size: found.size, modifiedMs: found.mtimeMs });
  }
  return files;
}

/**
 * Moves a file into a folder; a name that is taken there gets a number. The report is written first, so that no file lies
 * in `failed` without its reason even if the power goes.
 */
export async function moveInto(folder: string, { name, file }: WaitingFile, report?: string): Promise<void> {
  const target = await freeName(folder, name);
  if (report !== undefined) await writeAtomically(`${target}.problem.json`, report);
  await rename(file, target);
  await syncFolder(folder);
}

async function freeName(folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; ; n += 1) {
    const candidate = path.join(folder, n === 1 ? name : `${stem}.${n}${ext}`);
    if (!(await exists(candidate))) return candidate;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
