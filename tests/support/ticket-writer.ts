import { textOf } from '../../src/store/body.ts';
import type { Put, Row, Store } from '../../src/store/port.ts';

/** A source record as the matching protocol sees it: two that share a key are the same person. */
export interface Arrival {
  readonly id: string;
  readonly keys: readonly string[];
}

/**
 * Matches one new source record: reads the revs of its tickets, *then* the candidates, decides, and commits with the
 * tickets bumped and expected. On a conflict it decides again. Without tickets it shows what they are for.
 * @param pause runs between reading and committing, where another writer can get in between
 */
export async function match(
  store: Store,
  arrival: Arrival,
  options: { readonly tickets: boolean; readonly pause: () => Promise<void> },
): Promise<number> {
  for (let conflicts = 0; ; conflicts += 1) {
    const decision = await decide(store, arrival, options.tickets);
    await options.pause();
    if ((await store.commit(decision)).ok) return conflicts;
  }
}

type Decision = Parameters<Store['commit']>[0];

async function decide(store: Store, { id, keys }: Arrival, withTickets: boolean): Promise<Decision> {
  const tickets = withTickets ? await store.getMany('tickets', keys) : [];
  const candidates = (await store.find('sources', { all: [keys], limit: 1_000 })).rows;
  const persons = [...new Set(candidates.map(personOf))].sort();
  const [lead = id, ...joining] = persons;
  const personRows = await store.getMany('persons', [lead, ...joining]);
  const members = joining.length === 0 ? [] : await membersOf(store, joining);
  return {
    puts: [
      source(id, lead, keys),
      ...members.map((row) => source(row.id, lead, keysOf(row))),
      ...[lead, ...joining].map((person): Put => ({ collection: 'persons', id: person, body: '{}' })),
      ...tickets.map((_, index): Put => ({ collection: 'tickets', id: keys[index] ?? '', body: '{}' })),
    ],
    expect: [
      { collection: 'sources', id, rev: 0 },
      ...members.map((row) => ({ collection: 'sources' as const, id: row.id, rev: row.rev })),
      ...[lead, ...joining].map((person, index) => ({
        collection: 'persons' as const,
        id: person,
        rev: personRows[index]?.rev ?? 0,
      })),
      ...tickets.map((row, index) => ({ collection: 'tickets' as const, id: keys[index] ?? '', rev: row?.rev ?? 0 })),
    ],
  };
}

async function membersOf(store: Store, persons: readonly string[]): Promise<readonly Row[]> {
  return (await store.find('sources', { where: [{ field: 'person', op: 'in', value: persons }], limit: 1_000 })).rows;
}

function source(id: string, person: string, keys: readonly string[]): Put {
  return { collection: 'sources', id, body: JSON.stringify({ keys }), keys, fields: { person } };
}

function keysOf(row: Row): readonly string[] {
  return (JSON.parse(textOf(row)) as { keys: readonly string[] }).keys;
}

/** The person that a source record belongs to. */
export function personOf(row: Row | undefined): string {
  return String(row?.fields['person']);
}
