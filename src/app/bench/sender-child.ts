// A process of its own that sends over MLLP, so that what sending costs is not counted with the engine. Its parent sends
// one `SenderJob` after the other and gets a `SenderResult` for each.
import { MllpClient } from '../../channels/builtins.ts';
import { readMessage } from '../../hl7/read-message.ts';
import type { SenderJob, SenderResult } from './sender-job.ts';

/** Every connection takes a group and sends its messages in order, each when the one before is acknowledged. */
async function run({ port, connections, groups }: SenderJob): Promise<SenderResult> {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => MllpClient.connect({ host: '127.0.0.1', port, ackTimeoutMs: 120_000 })),
  );
  const latencies: number[] = [];
  const refused = new Map<string, number>();
  const queue = groups.values();
  const began = performance.now();
  const send = async (client: MllpClient): Promise<void> => {
    for (const group of queue) {
      for (const bytes of group) {
        const started = performance.now();
        const code = codeOf(await client.send(bytes));
        latencies.push(performance.now() - started);
        if (!/^[AC]A$/.test(code)) refused.set(code, (refused.get(code) ?? 0) + 1);
      }
    }
  };
  await Promise.all(clients.map(send));
  const milliseconds = performance.now() - began;
  await Promise.all(clients.map((client) => client.close()));
  return { latencies, refused: [...refused], milliseconds };
}

/** MSA-1, with the code of ERR-5 where there is one. */
function codeOf(bytes: Uint8Array): string {
  const read = readMessage(bytes);
  if (!read.ok) return 'none';
  const code = read.value.first('MSA')?.value(1) ?? 'none';
  const error = read.value.first('ERR')?.value(5) ?? '';
  return error === '' ? code : `${code} ${error}`;
}

process.on('message', (job: SenderJob) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
});
