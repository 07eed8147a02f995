import type { ChannelSettings } from '../../core/channel-settings.ts';
import type { NewId } from '../../core/ids.ts';
import type { Answer, Delivery } from '../../core/message.ts';
import type { Metrics } from '../../core/metrics.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { offsetAt } from '../../fhir/zone.ts';
import { buildAck } from '../../hl7/ack.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import type { Message } from '../../hl7/message.ts';
import type { OutboundSet } from '../../mapping/outbound/contract.ts';
import { StoreUnavailable } from '../../store/unavailable.ts';
import type { Examined } from '../hl7/examine.ts';
import { find, type FindDeps, type Found } from './find.ts';
import { answerEvent, readQuery } from './query.ts';
import { writeResponse, type Response } from './response.ts';

/** What answering queries needs. */
export interface QueryDeps extends FindDeps {
  /** The outbound mappings, with those of the answers (`RSP_K21`, `RSP_K22`, `RSP_K23`). */
  readonly outbound: () => OutboundSet | undefined;
  readonly metrics: Metrics;
  readonly newId: NewId;
}

/** Answers the patient queries of channels from the record. */
export interface Queries {
  /** The answer to a query; undefined for any other message. Rejects with `StoreUnavailable` where nothing can be read. */
  answer(examined: Examined, delivery: Delivery, channel: ChannelSettings): Promise<Answer> | undefined;
}

interface Asked {
  readonly message: Message;
  readonly header: MessageHeader;
  readonly delivery: Delivery;
  readonly channel: ChannelSettings;
}

/** Answers to QBP^Q21, Q22 and Q23 (docs/queries.md), and to QCN, which has nothing to cancel here. */
export function createQueries(deps: QueryDeps): Queries {
  return {
    answer({ message, header, problem: fault }, delivery, channel) {
      if (message === undefined || header === undefined) return undefined;
      if (header.code !== 'QBP' && header.code !== 'QCN') return undefined;
      const asked = { message, header, delivery, channel };
      if (fault !== undefined) return Promise.resolve(refuse(asked, fault, deps));
      const outbound = deps.outbound();
      if (channel.queries === undefined || outbound === undefined) {
        const off = problem('pipeline.queries-off', `Channel ${channel.name} answers no queries.`, { path: 'MSH-9' });
        return Promise.resolve(refuse(asked, off, deps));
      }
      // Nothing is kept between answers, so there is nothing to let go of.
      if (header.code === 'QCN') return Promise.resolve({ kind: 'accepted', bytes: acknowledge(asked, deps) });
      return answerQuery(asked, outbound, deps);
    },
  };
}

async function answerQuery(asked: Asked, outbound: OutboundSet, deps: QueryDeps): Promise<Answer> {
  const { message, header, channel } = asked;
  const event = answerEvent(header.trigger);
  const query = readQuery(message, header.trigger);
  if (event === undefined) {
    const unknown = problem('pipeline.query-unsupported', 'This query is not answered here.', { path: 'MSH-9.2' });
    return refuse(asked, query.ok ? unknown : query.error, deps);
  }
  const found = query.ok ? await foundOrFault(() => find(query.value, channel, deps)) : ([query.error] as const);
  const response: Response = 'persons' in found ? positive(event, found) : negative(event, found);
  await record(asked, response, 'persons' in found ? found.persons : [], deps);
  const { site, zone } = channel;
  const bytes = writeResponse(asked, response, {
    outbound,
    zone,
    now: asked.delivery.message.receivedAt,
    controlId: controlId(deps),
    ...(site === undefined ? {} : { site }),
  });
  const [first] = response.problems;
  return first === undefined ? { kind: 'accepted', bytes } : { kind: 'refused', bytes, problem: first, kept: false };
}

/** A fault of ours is an answer too: the sender must not wait for one. */
async function foundOrFault(finding: () => ReturnType<typeof find>): Promise<Found | readonly Problem[]> {
  try {
    const found = await finding();
    return found.ok ? found.value : found.error;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    return [problem('pipeline.bug', `The search met ${error instanceof Error ? error.name : typeof error}.`)];
  }
}

function positive(event: Response['event'], found: Found): Response {
  const { entries, persons, total, told, pointer } = found;
  return {
    event,
    code: 'AA',
    status: persons.length === 0 ? 'NF' : 'OK',
    problems: [],
    entries,
    counts: { total, here: persons.length, left: Math.max(total - told, 0) },
    ...(pointer === undefined ? {} : { pointer }),
  };
}

const negative = (event: Response['event'], problems: readonly Problem[]): Response => ({
  event,
  code: 'AE',
  status: 'AE',
  problems,
  entries: [],
});

/** Who asked what kind of question and of whom was told: durable before the answer goes out. What was asked is not kept. */
async function record(asked: Asked, response: Response, persons: readonly string[], deps: QueryDeps): Promise<void> {
  const { header, channel, delivery } = asked;
  const query = `${header.code}^${header.trigger}`;
  deps.metrics.count('jingluo_queries_total', { channel: channel.name, query, status: response.status });
  const { receivedAt: at, peer } = delivery.message;
  const body = { what: 'query', query, channel: channel.name, source: channel.source, peer, status: response.status };
  const problems = response.problems.map(({ code }) => code);
  await deps.searching.store.commit({
    puts: [
      {
        collection: 'audit',
        id: deps.newId(),
        body: JSON.stringify({ ...body, control: header.controlId, problems, persons }),
        fields: { at, actor: channel.source },
      },
    ],
  });
}

/** AR with the reason: the message is no query that this channel answers. Nothing of it is kept. */
function refuse(asked: Asked, why: Problem, deps: QueryDeps): Answer {
  const { header, channel } = asked;
  const query = `${header.code}^${header.trigger}`;
  deps.metrics.count('jingluo_queries_total', { channel: channel.name, query, status: 'AR' });
  return { kind: 'refused', bytes: acknowledge(asked, deps, why), problem: why, kept: false };
}

function acknowledge({ message, delivery, channel }: Asked, deps: QueryDeps, why?: Problem): Uint8Array {
  const at = delivery.message.receivedAt;
  return buildAck(message, {
    code: why === undefined ? 'AA' : 'AR',
    controlId: controlId(deps),
    at,
    offset: offsetAt(channel.zone, at.getTime()) / 60_000,
    problems: why === undefined ? [] : [why],
  }).bytes;
}

const controlId = ({ newId }: QueryDeps): string => `Q${newId().replaceAll('-', '').slice(0, 19)}`;
