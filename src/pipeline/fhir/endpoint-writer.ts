import { createHash } from 'node:crypto';

import type { ChannelSettings } from '../../core/channel-settings.ts';
import type { Metrics } from '../../core/metrics.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { FhirResource, ResourcePatch } from '../../fhir/patch.ts';
import { isObject, parseFhir } from '../../fhir/json.ts';
import type { Applied, News, RecordWriter, ResourceChange } from '../../record/contract.ts';
import { Draft } from '../../store/draft.ts';
import { textOf } from '../../store/body.ts';
import type { Row, Store } from '../../store/port.ts';
import type { FhirWrite, FhirWriter, FhirWritten } from '../fhir-writer.ts';
import type { FollowUp } from '../follow-up/contract.ts';
import { journalPut, type JournalEntry } from '../journal.ts';

/** Finds the ids that a search string matches, for conditional writes; at most a few are needed. */
export type FindByCondition = (type: string, condition: string) => Promise<Result<readonly string[], Problem>>;

/** What the writer needs. */
export interface EndpointWriterDeps {
  readonly store: Store;
  readonly record: RecordWriter;
  readonly followUp: FollowUp;
  /** Settings of the built-in channel. */
  readonly channel: ChannelSettings;
  readonly find: FindByCondition;
  readonly newId: () => string;
  readonly wake: () => void;
  readonly metrics: Metrics;
  readonly sleep: (ms: number) => Promise<void>;
}

/** One write with the id it is about, and what stood there before. */
interface Resolved {
  readonly write: FhirWrite;
  readonly id: string;
  /** A conditional write that found its resource and leaves it alone. */
  readonly existing?: true;
}

const TRIES = 12;

/**
 * Writes at the FHIR endpoint: a message of the built-in channel `fhir`, stored, applied and committed within the
 * request. Conflict and retry order concurrent writes; there is no queue.
 */
export class EndpointWriter implements FhirWriter {
  readonly #deps: EndpointWriterDeps;
  /** Orders writes of the same millisecond. */
  #sequence = 0;

  constructor(deps: EndpointWriterDeps) {
    this.#deps = deps;
  }

  async write(
    client: string,
    writes: readonly FhirWrite[],
    raw: Uint8Array,
  ): Promise<Result<readonly FhirWritten[], Problem>> {
    const message = this.#deps.newId();
    const ids = writes.map((write) => write.id ?? this.#deps.newId());
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const outcome = await this.#once({ client, message, writes, raw }, ids);
      if (outcome !== 'conflict') return outcome;
      this.#deps.metrics.count('jingluo_process_conflicts_total');
      await this.#deps.sleep(2 ** Math.min(attempt, 7) * (0.5 + Math.random()));
    }
    return err(problem('pipeline.conflict', 'The resources kept changing while they were being written.'));
  }

  async #once(request: Request, ids: readonly string[]): Promise<Result<readonly FhirWritten[], Problem> | 'conflict'> {
    const draft = new Draft(this.#deps.store);
    const resolved = await this.#resolve(draft, request, ids);
    if (!resolved.ok) return resolved;
    const now = await this.#deps.store.now();
    const news = this.#news(request, resolved.value, now);
    if (!news.ok) return news;
    const applied = await this.#deps.record.apply(draft, news.value);
    if (!applied.ok) return err(applied.error.held);
    const due = await this.#react(draft, applied.value, { cause: request.message, at: now });
    draft.put(journalPut(request.message, this.#entry(request, { now, applied: applied.value }), 'new'));
    draft.put({
      collection: 'messages',
      id: request.message,
      body: request.raw,
      fields: { channel: this.#deps.channel.name, receivedAt: now },
    });
    const written = await Promise.all(resolved.value.map((one) => writtenOf(draft, one, applied.value.changes, now)));
    const committed = await draft.commit();
    if (!committed.ok) return 'conflict';
    if (due !== undefined) this.#deps.wake();
    return ok(written);
  }

  async #react(draft: Draft, applied: Applied, cause: { cause: string; at: Date }): Promise<Date | undefined> {
    const { changes, events, persons } = applied;
    if (changes.length === 0 && events.length === 0 && persons.length === 0) return undefined;
    const { backfill } = this.#deps.channel;
    return this.#deps.followUp.react(draft, applied, { ...cause, now: cause.at, backfill });
  }

  /** Finds what conditions mean and checks versions; a condition is covered by a row that its rivals write too. */
  async #resolve(
    draft: Draft,
    request: Request,
    ids: readonly string[],
  ): Promise<Result<readonly Resolved[], Problem>> {
    const resolved: Resolved[] = [];
    for (const [index, write] of request.writes.entries()) {
      const one = await this.#resolveOne(draft, write, ids[index] ?? this.#deps.newId());
      if (!one.ok) return one;
      resolved.push(one.value);
    }
    return ok(resolved);
  }

  async #resolveOne(draft: Draft, write: FhirWrite, id: string): Promise<Result<Resolved, Problem>> {
    if (write.condition !== undefined) return this.#resolveCondition(draft, write, id);
    if (write.ifMatch === undefined) return ok({ write, id });
    const row = await draft.get('resources', `${write.type}/${id}`);
    const version = row?.fields['version'];
    if (version === write.ifMatch) {
      draft.expect('resources', `${write.type}/${id}`);
      return ok({ write, id });
    }
    const path = `${write.type}/${id}`;
    const is = typeof version === 'number' ? `is at version ${version}` : 'does not exist';
    return err(problem('pipeline.precondition-failed', `${path} ${is}, not at version ${write.ifMatch}.`, { path }));
  }

  async #resolveCondition(draft: Draft, write: FhirWrite, id: string): Promise<Result<Resolved, Problem>> {
    const { type, condition = '' } = write;
    const ticket = `condition|${createHash('sha256').update(`${type}?${condition}`).digest('hex')}`;
    await draft.get('tickets', ticket);
    const found = await this.#deps.find(type, condition);
    if (!found.ok) return found;
    const [first, second] = found.value;
    if (second !== undefined) {
      return err(
        problem('pipeline.precondition-failed', `${type}?… matches several resources; make the condition narrower.`),
      );
    }
    draft.put({ collection: 'tickets', id: ticket, body: '{}' });
    if (first === undefined) return ok({ write, id });
    return ok(write.method === 'POST' ? { write, id: first, existing: true } : { write, id: first });
  }

  #news(request: Request, resolved: readonly Resolved[], now: Date): Result<News, Problem> {
    const urls = new Map(
      resolved.flatMap(({ write, id }) =>
        write.fullUrl === undefined ? [] : [[write.fullUrl, `${write.type}/${id}`]],
      ),
    );
    const patches: ResourcePatch[] = [];
    for (const { write, id, existing } of resolved) {
      if (write.method === 'DELETE' || existing === true) continue;
      const patch = patchOf(write, id, urls);
      if (!patch.ok) return patch;
      patches.push(patch.value);
    }
    this.#sequence += 1;
    return ok({
      message: request.message,
      channel: this.#deps.channel.name,
      source: request.client,
      at: now,
      sequence: this.#sequence,
      receivedAt: now,
      mappingVersion: 'fhir-r4',
      patches,
      directives: [],
      snapshots: [],
      deletes: resolved
        .filter(({ write }) => write.method === 'DELETE')
        .map(({ write, id }) => ({ type: write.type, id })),
      rest: true,
    });
  }

  #entry(request: Request, done: { readonly now: Date; readonly applied: Applied }): JournalEntry {
    const [first] = request.writes;
    return {
      state: 'done',
      channel: this.#deps.channel.name,
      source: request.client,
      contentType: 'application/fhir+json',
      receivedAt: done.now.toISOString(),
      peer: request.client,
      event:
        request.writes.length === 1 ? `${first?.method ?? ''} ${first?.type ?? ''}` : `${request.writes.length} writes`,
      lanes: [],
      accepted: true,
      crashes: 0,
      replays: 0,
      problems: [],
      warnings: done.applied.warnings,
      unmapped: [],
      doneAt: done.now.toISOString(),
    };
  }
}

interface Request {
  readonly client: string;
  readonly message: string;
  readonly writes: readonly FhirWrite[];
  readonly raw: Uint8Array;
}

const NOT_ELEMENTS = new Set(['resourceType', 'id']);

function patchOf(write: FhirWrite, id: string, urls: ReadonlyMap<string, string>): Result<ResourcePatch, Problem> {
  const resource = parseFhir(write.json ?? '');
  if (!isObject(resource)) return err(problem('pipeline.unknown-content-type', 'The body is not a FHIR resource.'));
  const elements = Object.entries(resource)
    .filter(([name]) => !NOT_ELEMENTS.has(name))
    .map(([name, value]) => [name, { kind: 'value', value: withUrls(value, urls) }] as const);
  return ok({ type: write.type, id, elements: Object.fromEntries(elements), replace: true });
}

/** Puts the new ids in the place of the `urn:uuid` names of a transaction's entries. */
function withUrls(value: unknown, urls: ReadonlyMap<string, string>): unknown {
  if (urls.size === 0) return value;
  if (typeof value === 'string') return urls.get(value) ?? value;
  if (Array.isArray(value)) return (value as readonly unknown[]).map((item) => withUrls(item, urls));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withUrls(part, urls)]));
}

async function writtenOf(
  draft: Draft,
  { write, id }: Resolved,
  changes: readonly ResourceChange[],
  now: Date,
): Promise<FhirWritten> {
  const { type } = write;
  const change = changes.find((one) => one.type === type && one.id === id);
  if (write.method === 'DELETE') return { status: 204, type, id, version: change?.version ?? 0, lastUpdated: now };
  if (change !== undefined) {
    const status = change.before === undefined && change.version === 1 ? 201 : 200;
    return { status, type, id, version: change.version, lastUpdated: now, ...shown(change.after) };
  }
  return unchangedOf(await draft.get('resources', `${type}/${id}`), { type, id, now });
}

/** A write that changed nothing answers with what stands there. */
function unchangedOf(row: Row | undefined, { type, id, now }: { type: string; id: string; now: Date }): FhirWritten {
  const { version, lastUpdated } = row?.fields ?? {};
  const resource = row === undefined ? undefined : parseFhir(textOf(row));
  return {
    status: 200,
    type,
    id,
    version: typeof version === 'number' ? version : 0,
    lastUpdated: lastUpdated instanceof Date ? lastUpdated : now,
    ...(isObject(resource) ? { resource: { ...resource, resourceType: type } } : {}),
  };
}

const shown = (resource: FhirResource | undefined): { resource?: FhirResource } =>
  resource === undefined ? {} : { resource };
