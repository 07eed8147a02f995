// A process that commits as fast as it can and says what was acknowledged, until it is killed.
import { systemClock } from '../../../../src/core/clock.ts';
import { openSqlite } from '../../../../src/store/sqlite/open.ts';

const [file = '', life = ''] = process.argv.slice(2);
const store = await openSqlite({ file }, systemClock);

async function writer(lane: number): Promise<void> {
  for (let index = 0; ; index += 1) {
    const id = `${life}-${lane}-${index}`;
    const committed = await store.commit({
      puts: [
        { collection: 'messages', id, body: Buffer.from(id) },
        { collection: 'journal', id, body: `"${id}"`, keys: [`all-${life}`], sequence: 'seq' },
        { collection: 'links', id: `last-${lane}`, body: `"${id}"`, keys: [id], ordered: [id] },
      ],
    });
    if (committed.ok) process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => writer(lane)));
