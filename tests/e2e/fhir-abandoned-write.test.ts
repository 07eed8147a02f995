import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpointWriter } from '../support/endpoint-writer.ts';
import { startServer, type RunningServer } from '../support/fhir-server.ts';

function newGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

let running: RunningServer;

afterEach(() => running.server.stop(0));

const put = (name: string, signal?: AbortSignal): Promise<Response> =>
  fetch(running.url('/Organization/late'), {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Organization', id: 'late', name }),
    ...(signal === undefined ? {} : { signal }),
  });

test('what a client gave up on does not take effect after what it wrote since', async () => {
  const [reached, held, again] = [newGate(), newGate(), newGate()];
  const attempts = [
    async () => {
      reached.open();
      await held.opened;
    },
    () => Promise.resolve(),
    () => Promise.resolve(),
    // The write that was held met a conflict and is tried anew.
    () => {
      again.open();
      return Promise.resolve();
    },
  ];
  running = await startServer((store) => endpointWriter(store, () => attempts.shift()?.() ?? Promise.resolve()));
  const impatient = new AbortController();
  const first = put('first', impatient.signal).catch(() => 'gave up');
  await reached.opened;
  impatient.abort();
  expect(await first).toBe('gave up');
  expect((await put('first')).status).toBe(201);
  expect((await put('second')).status).toBe(200);
  held.open();
  await Promise.race([again.opened, sleep(300)]);
  await sleep(20);
  expect(await (await fetch(running.url('/Organization/late'))).json()).toMatchObject({
    name: 'second',
    meta: { versionId: '2' },
  });
});
