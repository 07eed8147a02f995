import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

import type { ChannelSettings } from '../../core/channel-settings.ts';
import { formatProblem, problem } from '../../core/problem.ts';
import { splitBatch } from '../../hl7/batch.ts';
import type { Held } from '../../pipeline/held-messages.ts';
import { Lanes, type LaneItem } from '../../pipeline/lanes.ts';
import { storeHistory } from '../../pipeline/load.ts';
import type { Processed } from '../../pipeline/process.ts';
import type { Engine } from '../engine.ts';
import { loadFhir } from './load-fhir.ts';
import type { Loaded } from './loaded.ts';
import { listParam, OperationFailed, textParam, type Operation, type Params } from './operation.ts';

/** Messages under way side by side. */
const WINDOW = 64;

/**
 * `load`: historical messages (HL7 v2 files and batches) and resources (FHIR Bundle or NDJSON, gzip too) as a backfill:
 * the record is written, nobody is messaged. Yields progress after every file, then the sum. Loading a file twice
 * changes nothing.
 */
const load: Operation = {
  name: 'load',
  summary: 'Loads history without messaging anybody.',
  async *run(engine: Engine, params) {
    const files = listParam(params, 'files');
    const sum = { messages: 0, loaded: 0, known: 0, failed: 0 };
    for (const [index, file] of files.entries()) {
      const bytes = await readLoadFile(file);
      const lines = isFhir(bytes)
        ? loadFhir(engine, bytes, textParam(params, 'source') ?? 'LOAD')
        : loadHl7(engine, bytes, channelOf(engine, params));
      for await (const line of lines) {
        sum.messages += 1;
        sum[line.outcome] += 1;
        if (line.problem !== undefined) yield { file, message: line.id, problem: formatProblem(line.problem) };
        else if (sum.messages % 100 === 0) yield { file, progress: (index + 0.5) / files.length, ...sum };
      }
      yield { file, progress: (index + 1) / files.length, ...sum };
    }
    yield { ...sum };
  },
};

async function readLoadFile(file: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  } catch {
    throw new OperationFailed(problem('operation.file', `The file ${file} cannot be read.`, { file }));
  }
}

/** JSON begins with `{`, after white space and a BOM. */
const isFhir = (bytes: Uint8Array): boolean =>
  /^[\s\uFEFF]*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString('utf8'));

function channelOf({ config, channel }: Engine, params: Params): ChannelSettings {
  const name = textParam(params, 'channel') ?? config.channels[0]?.settings.name ?? '';
  const found = channel(name);
  if (found !== undefined) return found;
  const names = config.channels.map(({ settings }) => settings.name).join(', ');
  throw new OperationFailed(
    problem('operation.bad-parameter', `There is no channel "${name}"; configured are ${names}.`),
  );
}

async function* loadHl7(engine: Engine, bytes: Uint8Array, channel: ChannelSettings): AsyncIterable<Loaded> {
  const lanes = new OwnLanes(engine);
  const running: Promise<Loaded>[] = [];
  for (const message of splitBatch(bytes)) {
    running.push(loadOne(engine, lanes, message, channel));
    if (running.length >= WINDOW) {
      const first = await running.shift();
      if (first !== undefined) yield first;
    }
  }
  for (const rest of running) yield await rest;
}

async function loadOne(engine: Engine, lanes: OwnLanes, bytes: Uint8Array, channel: ChannelSettings): Promise<Loaded> {
  const stored = await storeHistory(engine.store, bytes, channel, engine.clock.now());
  if (stored.kind === 'known') return { id: stored.id, outcome: 'known' };
  if (stored.kind === 'failed') return { id: stored.id, outcome: 'failed', problem: stored.problem };
  const { item, held } = stored;
  const queue = engine.queues.get(channel.name);
  const processed = await new Promise<Processed>((resolve) => {
    if (queue === undefined) lanes.offer(item, held, resolve);
    else queue.offer(item, held, resolve);
  });
  const { state, problem: found } = processed;
  if (state === 'done' || found === undefined) return { id: item.id, outcome: 'loaded' };
  return { id: item.id, outcome: 'failed', problem: found };
}

/** Lanes of a command that opened the store itself. */
class OwnLanes {
  readonly #waiting = new Map<string, { held: Held; done: (processed: Processed) => void }>();
  readonly #lanes: Lanes;

  constructor({ processor }: Engine) {
    this.#lanes = new Lanes(16, async (item) => {
      const waiting = this.#waiting.get(item.id);
      this.#waiting.delete(item.id);
      waiting?.done(await processor.process(item.id, waiting.held));
      return 'done';
    });
  }

  offer(item: LaneItem, held: Held, done: (processed: Processed) => void): void {
    this.#waiting.set(item.id, { held, done });
    this.#lanes.add(item);
  }
}

/** Operations that load history. */
export const LOAD_OPERATIONS: readonly Operation[] = [load];
