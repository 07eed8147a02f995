import { readEvent } from '../src/record/event-rows.ts';
import type { Row, Store } from '../src/store/port.ts';

/** What the store holds about each source record, without ids: equal for equal histories. */
export type Summary = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Json = Readonly<Record<string, unknown>>;

/**
 * Counts versions, superseded versions, events, occurrences, attempts and what reached a phone, for each source record
 * by its own number. An attempt that the provider never knew and the one that took its place under the same key count
 * as one; what reaches staff a second time, marked as a repeat, is not counted.
 */
export async function summarise(store: Store): Promise<Summary> {
  const counts = new Counts();
  await countNames(store, counts);
  await countResources(store, counts);
  await countFollowUp(store, counts);
  return counts.summary;
}

class Counts {
  readonly summary: Record<string, Record<string, number>> = {};
  readonly names = new Map<string, string>();

  add(rec: string | undefined, what: string, by = 1): void {
    const name = rec === undefined ? '-' : (this.names.get(rec) ?? '-');
    const row = (this.summary[name] ??= {});
    row[what] = (row[what] ?? 0) + by;
  }
}

async function countNames(store: Store, counts: Counts): Promise<void> {
  const members = new Map<string, number>();
  for await (const row of rowsOf(store, 'sources')) {
    const key = bodyOf(row)['key'] as { readonly value?: string } | undefined;
    counts.names.set(row.id, key?.value ?? row.id);
    counts.add(row.id, 'source records');
    const person = String(row.fields['person']);
    members.set(person, (members.get(person) ?? 0) + 1);
  }
  for await (const row of rowsOf(store, 'sources')) {
    counts.add(row.id, 'records of the same person', members.get(String(row.fields['person'])) ?? 0);
  }
}

async function countResources(store: Store, counts: Counts): Promise<void> {
  for await (const row of rowsOf(store, 'resources')) {
    const body = bodyOf(row);
    const type = row.id.split('/')[0] ?? '';
    const rec = recOf(type, row.id, body);
    counts.add(rec, `${type}s`);
    counts.add(rec, `versions of ${type}`, Number(row.fields['version'] ?? 0));
    const status = typeof body['status'] === 'string' ? body['status'] : undefined;
    if (status !== undefined) counts.add(rec, `${type} ${status}`);
  }
  for await (const row of rowsOf(store, 'history')) {
    const [type = '', of = ''] = row.id.split('/');
    counts.add(recOf(type, `${type}/${of}`, bodyOf(row)), `superseded ${type}`);
  }
  for await (const row of rowsOf(store, 'events')) {
    const { rec, type } = readEvent(row);
    counts.add(rec, `event ${type}`);
  }
}

async function countFollowUp(store: Store, counts: Counts): Promise<void> {
  for await (const row of rowsOf(store, 'enrolments')) {
    const body = bodyOf(row);
    counts.add(String(body['rec']), `enrolment ${String(body['plan'])}`);
  }
  for await (const row of rowsOf(store, 'occurrences')) {
    const body = bodyOf(row);
    const what = `occurrence ${String(body['kind'])} ${String(body['step'])} ${typeof body['level'] === 'number' ? body['level'] : ''}`;
    counts.add(String(body['rec']), `${what} ${String(body['state'])}`);
  }
  const keys = new Set<string>();
  for await (const row of rowsOf(store, 'attempts')) {
    const body = bodyOf(row);
    const key = String(body['providerKey']);
    if (body['repeat'] === true || keys.has(key)) continue;
    keys.add(key);
    counts.add(String(body['rec']), `attempt ${String(body['step'])} to ${String(body['audience'])}`);
  }
  for await (const row of rowsOf(store, 'settings')) {
    if (!row.id.startsWith('sender|')) continue;
    const { to, text } = bodyOf(row);
    if (!String(text).startsWith('【重复】')) counts.add(undefined, `reached ${String(to)}`);
  }
}

function recOf(type: string, id: string, body: Json): string | undefined {
  if (type === 'Patient') return id.slice('Patient/'.length);
  for (const name of ['subject', 'patient', 'for']) {
    const reference = (body[name] as { readonly reference?: string } | undefined)?.reference;
    if (reference?.startsWith('Patient/') === true) return reference.slice('Patient/'.length);
  }
  const participants = body['participant'] as
    readonly { readonly actor?: { readonly reference?: string } }[] | undefined;
  const actor = participants
    ?.map((one) => one.actor?.reference ?? '')
    .find((reference) => reference.startsWith('Patient/'));
  return actor?.slice('Patient/'.length);
}

type Collection = Parameters<Store['find']>[0];

/** All rows of a collection. */
export async function* rowsOf(store: Store, collection: Collection): AsyncIterable<Row> {
  let after: string | undefined;
  do {
    const page = await store.find(collection, { limit: 1000, ...(after === undefined ? {} : { after }) });
    yield* page.rows;
    after = page.next;
  } while (after !== undefined);
}

function bodyOf({ body }: Row): Json {
  return typeof body === 'string' && body !== '' ? (JSON.parse(body) as Json) : {};
}

/** Every difference between two summaries, one line each. */
export function differences(expected: Summary, actual: Summary): readonly string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return names.flatMap((name) => {
    const [want = {}, have = {}] = [expected[name], actual[name]];
    const counts = [...new Set([...Object.keys(want), ...Object.keys(have)])].sort();
    return counts
      .filter((what) => (want[what] ?? 0) !== (have[what] ?? 0))
      .map((what) => `${name}: ${what}: expected ${want[what] ?? 0}, found ${have[what] ?? 0}`);
  });
}
