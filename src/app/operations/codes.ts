import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { problem } from '../../core/problem.ts';
import { addCsvRow, addYamlRow, type NewRow } from '../../mapping/read/edit-table.ts';
import { readJournal } from '../../pipeline/journal.ts';
import { codeKey, readFirstSeen, UNKNOWN_CODES, type FirstSeen } from '../../pipeline/unknown-codes.ts';
import type { Store } from '../../store/port.ts';
import type { Engine } from '../engine.ts';
import { flagParam, OperationFailed, textParam, type Line, type Operation, type Params } from './operation.ts';
import { reloadSite } from './reload.ts';
import { again } from './replay.ts';

const bad = (message: string): OperationFailed => new OperationFailed(problem('operation.bad-parameter', message));

async function* firstSeen(store: Store): AsyncIterable<FirstSeen> {
  let after: string | undefined;
  do {
    const page = await store.find('settings', {
      all: [UNKNOWN_CODES],
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page.rows) yield readFirstSeen(row);
    after = page.next;
  } while (after !== undefined);
}

/** `codes.list`: parameters `source`, `table`, `all` (those that no message waits for any more, too). */
const list: Operation = {
  name: 'codes.list',
  summary: 'Codes that tables lack, by source and table, with how many messages had them.',
  async *run({ store }, params) {
    const [source, table] = [textParam(params, 'source'), textParam(params, 'table')];
    const found: (FirstSeen & { readonly messages: number })[] = [];
    for await (const seen of firstSeen(store)) {
      if ((source ?? seen.source) !== seen.source || (table ?? seen.table) !== seen.table) continue;
      const messages = await store.count('journal', { all: [codeKey(seen.source, seen)] });
      if (messages > 0 || flagParam(params, 'all')) found.push({ ...seen, messages });
    }
    const order = ({ source: from, table: name }: FirstSeen): string => `${from} ${name}`;
    found.sort((a, b) => order(a).localeCompare(order(b)) || b.messages - a.messages);
    for (const { source: from, table: name, code, messages, message, at } of found) {
      yield { source: from, table: name, code, messages, firstMessage: message, firstAt: at };
    }
  },
};

interface Named {
  readonly source: string;
  readonly table: string;
  readonly code: string;
}

function named(params: Params): Named {
  const [source, table, code] = ['source', 'table', 'code'].map((name) => textParam(params, name));
  if (source === undefined || table === undefined || code === undefined)
    throw bad('Give a source, a table and a code, as `jingluo codes list` shows them.');
  if (!/^[\w-]+$/u.test(table)) throw bad('A table is named as its file, without folder and ending.');
  return { source, table, code };
}

/** Processes again what had a code that its table lacked. */
async function* replayWaiting(engine: Engine, { source, table, code }: Named): AsyncIterable<Line> {
  const all = [codeKey(source, { table, code })];
  let done = 0;
  let after: string | undefined;
  do {
    const page = await engine.store.find('journal', {
      all,
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page.rows) {
      yield await again(engine, readJournal(row), false);
      done += 1;
    }
    after = page.next;
  } while (after !== undefined);
  yield { done };
}

/** `codes.replay`: parameters `source`, `table`, `code`. */
const replay: Operation = {
  name: 'codes.replay',
  summary: 'Processes the messages again that had a code which its table lacked.',
  run: (engine, params) => replayWaiting(engine, named(params)),
};

/** The overlay that the channels of a source are mapped with. */
function siteOf({ config, mappings }: Engine, source: string, asked: string | undefined): string {
  const used = config.channels.flatMap(({ settings }) => (settings.source === source ? (settings.site ?? []) : []));
  const sites = asked === undefined ? [...new Set(used)] : [asked];
  const [site] = sites;
  if (site === undefined || sites.length > 1)
    throw bad('The channels of this source have no site overlay, or several: name one with site.');
  if (!mappings().sites.includes(site)) throw bad(`There is no overlay mappings/sites/${site}.`);
  return site;
}

const textIn = (folder: string, file: string): Promise<string | undefined> =>
  readFile(path.join(folder, file), 'utf8').catch(() => undefined);

/** The table file of a site as it is, and as it is with one more row. */
async function edited(mappings: string, site: string, table: string, row: NewRow) {
  const [base, folder] = [path.join(mappings, 'tables'), path.join(mappings, 'sites', site, 'tables')];
  const [csv, yaml] = [`${table}.csv`, `${table}.yaml`];
  const before = await textIn(folder, csv);
  if (before !== undefined) return { file: path.join(folder, csv), before, after: addCsvRow(before, row) };
  const text = await textIn(folder, yaml);
  if ((text ?? (await textIn(base, yaml)) ?? (await textIn(base, csv))) === undefined)
    throw bad(`There is no table ${table}.`);
  return { file: path.join(folder, yaml), before: text, after: addYamlRow(text, table, row) };
}

/**
 * `codes.add`: writes a row into the table of the source's site overlay, reads the site again and processes again what
 * waited for the code. The file is put back as it was where the site is not right with it. Parameters `source`, `table`,
 * `code`, `target`, `display`, `site`.
 */
const add: Operation = {
  name: 'codes.add',
  summary: 'Adds a code to a table and processes again what waited for it.',
  async *run(engine, params) {
    const what = named(params);
    const target = textParam(params, 'target');
    if (target === undefined) throw bad('Say what the code becomes.');
    const display = textParam(params, 'display');
    const site = siteOf(engine, what.source, textParam(params, 'site'));
    const row = { code: what.code, target, ...(display === undefined ? {} : { display }) };
    const { file, before, after } = await edited(engine.config.folders.mappings, site, what.table, row);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, after);
    try {
      yield { added: file };
      yield* reloadSite(engine);
    } catch (error) {
      await (before === undefined ? rm(file) : writeFile(file, before));
      throw error;
    }
    yield* replayWaiting(engine, what);
  },
};

/** Operations on codes that tables lack. */
export const CODE_OPERATIONS: readonly Operation[] = [list, add, replay];
