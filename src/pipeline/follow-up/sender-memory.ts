import type { SenderMemory } from '../../senders/port.ts';
import type { Store } from '../../store/port.ts';

/** The memory of one sender, kept in the store under its name. */
export function senderMemory(store: Store, name: string): SenderMemory {
  const row = (id: string): string => `sender|${name}|${id}`;
  return {
    insert: async (id, value) => {
      const committed = await store.commit({
        puts: [{ collection: 'settings', id: row(id), body: JSON.stringify(value), keys: [`sender|${name}`] }],
        expect: [{ collection: 'settings', id: row(id), rev: 0 }],
      });
      return committed.ok;
    },
    get: async (id) => {
      const found = await store.get('settings', row(id));
      return found === undefined
        ? undefined
        : (JSON.parse(typeof found.body === 'string' ? found.body : '{}') as Readonly<Record<string, unknown>>);
    },
  };
}
