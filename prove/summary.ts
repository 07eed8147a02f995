import type { Store } from '../src/store/port.ts';

/** What the store holds about each source record, without ids: equal for equal histories. */
export type Summary = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Json = Readonly<Record<string, unknown>>;

/** Counts versions, superseded versions, events, occurrences and attempts for each source record, by its own number. */
export async function summarise(store: Store): Promise<Summary> {
  const names = new Map<string, string>();
  for await (const { id, body } of rows(store, 'sources')) {
    const key = body['key'] as { readonly value: string } | undefined;
    names.set(id, key?.value ?? id);
  }
  const summary: Record<string, Record<string, number>> = {};
  const count = (rec: string | undefined, what: string, by = 1): void => {
    const name = rec === undefined ? '-' : (names.get(rec) ?? '-');
    const row = (summary[name] ??= {});
    row[what] = (row[what] ?? 0) + by;
  };
  for await (const { id, body } of rows(store, 'resources')) {
    const type = id.split('/')[0] ?? '';
    const meta = body['meta'] as { readonly versionId?: string } | undefined;
    count(recOf(type, id, body), `versions of ${type}`, Number(meta?.versionId ?? 0));
    count(recOf(type, id, body), `${type}s`);
  }
  for await (const { id, body } of rows(store, 'history')) {
    const [type = '', of = ''] = id.split('/');
    count(recOf(type, `${type}/${of}`, body), `superseded ${type}`);
  }
  for await (const { body } of rows(store, 'events')) count(String(body['rec']), `event ${String(body['type'])}`);
  for await (const { body } of rows(store, 'enrolments'))
    count(String(body['rec']), `enrolment ${String(body['plan'])}`);
  for await (const { body } of rows(store, 'occurrences'))
    count(String(body['rec']), `occurrence ${String(body['step'])}`);
  for await (const { body } of rows(store, 'attempts')) {
    if (body['repeat'] !== true) count(String(body['rec']), `attempt to ${String(body['audience'])}`);
  }
  return summary;
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

async function* rows(
  store: Store,
  collection: Collection,
): AsyncIterable<{ readonly id: string; readonly body: Json }> {
  let after: string | undefined;
  do {
    const page = await store.find(collection, { limit: 1000, ...(after === undefined ? {} : { after }) });
    for (const row of page.rows) {
      const text = typeof row.body === 'string' ? row.body : '{}';
      yield { id: row.id, body: text === '' ? {} : (JSON.parse(text) as Json) };
    }
    after = page.next;
  } while (after !== undefined);
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
