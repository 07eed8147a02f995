import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import type { ChannelSettings } from '../core/channel-settings.ts';
import { systemClock, type Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { noMetrics, type Metrics } from '../core/metrics.ts';
import { compileExtractor } from '../fhir/extract.ts';
import { cdaInterpreter } from '../pipeline/cda/interpret.ts';
import { ChannelQueue, QUEUE_LIMITS } from '../pipeline/channel-queue.ts';
import { EndpointWriter } from '../pipeline/fhir/endpoint-writer.ts';
import { createAnswers } from '../pipeline/follow-up/answers.ts';
import { followUpSection } from '../pipeline/follow-up/document-section.ts';
import { keepTemplates } from '../pipeline/follow-up/kept-templates.ts';
import { createFollowUpLoop } from '../pipeline/follow-up/loop.ts';
import { createFollowUp } from '../pipeline/follow-up/react.ts';
import { fhirInterpreter } from '../pipeline/fhir/interpret.ts';
import { hl7Interpreter } from '../pipeline/hl7/interpret.ts';
import { Intake } from '../pipeline/intake.ts';
import { Processor } from '../pipeline/process.ts';
import { createQueries, type Queries } from '../pipeline/queries/queries.ts';
import type { RecordSettings } from '../record/contract.ts';
import { createRecord, type RecordParts } from '../record/create-record.ts';
import { Draft } from '../store/draft.ts';
import { createRecordReader } from '../record/reader.ts';
import { createRecordReads } from '../record/reads.ts';
import type { SearchDeps } from '../record/search/contract.ts';
import type { Store } from '../store/port.ts';
import type { Engine } from './engine.ts';
import { installationId } from './installation.ts';
import { createLog, logLevel } from './log.ts';
import { createSenders } from './senders.ts';
import { conditionFinder } from './conditions.ts';
import type { Site } from './site.ts';
import { isSole, openStore } from './store.ts';

/** What may be given instead of what an engine has by itself. */
export interface OpenOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly metrics?: Metrics;
  /** Runs the queues of the channels; without, the engine is only opened for a command. */
  readonly queues?: boolean;
}

/** An engine whose store is open. */
export interface Opened {
  readonly engine: Engine;
  /** Closes the store. */
  close(): Promise<void>;
}

/** The built-in channel of writes at the FHIR endpoint. */
const FHIR_CHANNEL = 'fhir';

/** Builds an engine from a checked site: the one place that knows every concrete part. */
export async function openEngine(site: Site, options: OpenOptions = {}): Promise<Opened> {
  const log = options.log ?? createLog(logLevel(process.env));
  const metrics = options.metrics ?? noMetrics;
  const clock = options.clock ?? systemClock;
  const store = await openStore(site.config, { log, metrics, clock });
  try {
    const engine = await assemble(site, store, { log, metrics, clock, queues: options.queues === true });
    return { engine, close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Around {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly queues: boolean;
}

async function assemble(site: Site, store: Store, around: Around): Promise<Engine> {
  const { config } = site;
  const installation = await installationId(store, randomUUID);
  const node = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const settings: RecordSettings = { installation, zone: config.zone, sources: config.sources, newId: randomUUID };
  const record = createRecord(settings, {
    extractor: compileExtractor,
    concepts: site.concepts,
    followUp: followUpSection({ reader: createRecordReader(), installation }),
  });
  const base = { ...around, config, store, installation, node, settings, followUpConfig: site.followUp, ...record };
  await keepTemplates(store, site.followUp.templates);
  const followUp = followUpParts(base);
  const channel = channelLookup(site);
  let used = site.mappings;
  let { outbound } = site;
  const mappings = () => used;
  const { log, metrics } = around;
  const { wake, react } = followUp;
  const read = [hl7Interpreter(installation, mappings), cdaInterpreter(installation), fhirInterpreter];
  const interpreters = new Map(read.map((one) => [one.contentType, one]));
  const deciding = { store, record: record.record, followUp: react, wake, metrics, sleep };
  const processor = new Processor({ ...deciding, interpreters, channel, log });
  const queues = around.queues
    ? queuesOf(site, { store, processor, log, metrics, node })
    : new Map<string, ChannelQueue>();
  const searching = searchDeps(base);
  const find = conditionFinder(searching);
  const queries = queriesOf(base, searching, () => outbound);
  const writer = (backfill: boolean): EndpointWriter =>
    new EndpointWriter({ ...deciding, channel: { ...fhirChannel(config.zone), backfill }, find, newId: randomUUID });
  return {
    ...base,
    mappings,
    useMappings: (next, toSend) => {
      used = next;
      outbound = toSend;
    },
    followUp: react,
    loop: followUp.loop,
    answers: followUp.answers,
    senders: followUp.senders,
    followUpDeps: followUp.deps,
    processor,
    intake: new Intake({ store, mappings, queue: (name) => queues.get(name), queries, log, metrics }),
    writer: writer(false),
    loadWriter: writer(true),
    queues,
    channel,
    searching,
  };
}

/** What searches of the endpoint need. */
function searchDeps({ store, config, reader, installation }: Base): SearchDeps {
  return {
    store,
    zone: config.zone,
    personOf: (rec) => reader.person(new Draft(store), rec),
    // Cursors are no secret; the signature only keeps clients from making their own.
    cursorKey: installation,
  };
}

/** Answers to patient queries. */
function queriesOf({ store, config, metrics }: Base, searching: SearchDeps, outbound: () => Site['outbound']): Queries {
  const namespaces = namespacesOf(config);
  return createQueries({
    store,
    reads: createRecordReads(store),
    searching,
    namespaces,
    outbound,
    metrics,
    newId: randomUUID,
  });
}

/** Every namespace that the configuration names. */
function namespacesOf({ sources, channels }: Engine['config']): readonly string[] {
  const ofSources = Object.entries(sources).flatMap(([name, { owns, ids }]) => [name, ...owns, ...Object.values(ids)]);
  return [...new Set([...ofSources, ...channels.flatMap(({ settings }) => Object.values(settings.ids))])];
}

type Base = Around &
  Pick<Engine, 'config' | 'store' | 'installation' | 'settings' | 'followUpConfig'> &
  RecordParts & { readonly node: string };

/** Follow-up: what reacts to commits, what carries out, what takes answers. */
function followUpParts(base: Base) {
  const { config, store, installation, log, metrics, clock, node, reader, putOwn, refreshDocuments } = base;
  const deps = { config: base.followUpConfig, reader, putOwn, refreshDocuments, installation, log, metrics };
  const senders = createSenders(config, store, { log, clock });
  const loop = createFollowUpLoop({
    ...deps,
    store,
    senders,
    owner: node,
    sole: isSole(config),
    monotonic: () => performance.now(),
    ...(config.demo ? {} : { wallClock: () => new Date() }),
  });
  const wake = (): void => {
    loop.wake();
  };
  return { loop, wake, senders, deps, react: createFollowUp(deps), answers: createAnswers({ ...deps, store, wake }) };
}

function channelLookup({ config }: Site): (name: string) => ChannelSettings | undefined {
  const known = new Map(config.channels.map(({ settings }) => [settings.name, settings]));
  known.set(FHIR_CHANNEL, fhirChannel(config.zone));
  return (name) => known.get(name);
}

const fhirChannel = (zone: string): ChannelSettings => ({
  name: FHIR_CHANNEL,
  source: FHIR_CHANNEL,
  ack: 'processed',
  ackTimeoutMs: 30_000,
  zone,
  ids: {},
  snapshots: [],
  backfill: false,
  onFailure: 'continue',
});

type QueueParts = Pick<Engine, 'store' | 'processor' | 'log' | 'metrics'> & { readonly node: string };

function queuesOf({ config }: Site, parts: QueueParts): ReadonlyMap<string, ChannelQueue> {
  const sole = isSole(config);
  const limits = { ...QUEUE_LIMITS, backlog: config.backlog };
  return new Map(
    config.channels.map(({ settings }) => [
      settings.name,
      new ChannelQueue({ ...parts, sole, limits }, settings.name, settings.onFailure === 'stop-lane'),
    ]),
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
