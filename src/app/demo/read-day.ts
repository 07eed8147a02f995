import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { HOME } from '../home.ts';
import { readDay, type Day } from './day.ts';

/** Reads the demo day that comes with the product. */
export async function demoDay(): Promise<Day> {
  return readDay(await readFile(path.join(HOME, 'config', 'demo', 'day.yaml'), 'utf8'));
}
