// A process of its own that sends over MLLP, so that what sending costs is not counted with the engine.
// Standard input: one line of JSON per round. Standard output: what became of it, one line each.
import { createInterface } from 'node:readline';

import { MllpClient } from '../../src/channels/mllp/client.ts';
import { update } from './messages.ts';

interface Round {
  readonly port: number;
  readonly connections: number;
  readonly ms: number;
  /** Distinguishes the messages of this round from those of all others. */
  readonly round: number;
}

/** Every connection sends its next message when the one before is acknowledged. */
async function run({ port, connections, ms, round }: Round): Promise<{ sent: number; seconds: number }> {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => MllpClient.connect({ host: '127.0.0.1', port })),
  );
  const started = performance.now();
  const end = started + ms;
  let sent = 0;
  const send = async (client: MllpClient, patient: number): Promise<void> => {
    for (let n = 0; performance.now() < end; n += 1) {
      await client.send(update(patient, round * 1_000_000 + n));
      sent += 1;
    }
  };
  await Promise.all(clients.map(send));
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(clients.map((client) => client.close()));
  return { sent, seconds };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Round))}\n`);
}
