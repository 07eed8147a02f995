import { createHash } from 'node:crypto';

import type { ChannelSettings } from '../../core/channel-settings.ts';
import type { Metrics } from '../../core/metrics.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { FhirResource, ResourcePatch } from '../../fhir/patch.ts';
import { isObject, parseFhir } from '../../fhir/json.ts';
import { findReferences } from '../../fhir/references.ts';
import type { Applied, News, RecordWriter, ResourceChange } from '../../record/contract.ts';
import { Draft } from '../../store/draft.ts';
import { textOf } from '../../store/body.ts';
import type { Row, Store } from '../../store/port.ts';
import type { FhirWrite, FhirWriter, FhirWritten } from '../fhir-writer.ts';
import type { FollowUp } from '../follow-up/contract.ts';
import { journalPut, type JournalEntry, type JournalWrite } from '../journal.ts';
import { FHIR_MAPPING } from './interpret.ts';
import { checkOwner, ownRecord, withoutOurLinks } from './patient-owner.ts';
import { conditionalHash, patchOf, readConditional, type NameOf } from './resource-patch.ts';

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
  /** Writes so far: orders those of the same millisecond. */
  #writes = 0;

  constructor(deps: EndpointWriterDeps) {
    this.#deps = deps;
  }

  async write(
    client: string,
    writes: readonly FhirWrite[],
    raw: Uint8Array,
    gone?: AbortSignal,
  ): Promise<Result<readonly FhirWritten[], Problem>> {
    const message = this.#deps.newId();
    const ids = writes.map((write) => write.id ?? this.#deps.newId());
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const outcome = await this.#once({ client, message, writes, raw, gone }, ids);
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
    const names = await this.#namesIn(draft, request.writes);
    if (!names.ok) return names;
    const now = await this.#deps.store.now();
    const news = await this.#news(draft, request, { resolved: resolved.value, names: names.value, now });
    const applied = await this.#deps.record.apply(draft, news);
    if (!applied.ok) return err(applied.error.held);
    const due = await this.#react(draft, applied.value, { cause: request.message, at: now });
    const entry = this.#entry(request, { news, resolved: resolved.value, names: names.value, applied: applied.value });
    draft.put(journalPut(request.message, entry, 'new'));
    draft.put({
      collection: 'messages',
      id: request.message,
      body: request.raw,
      fields: { channel: this.#deps.channel.name, receivedAt: now },
    });
    const written = await Promise.all(resolved.value.map((one) => writtenOf(draft, one, applied.value.changes, now)));
    // Read before the client left and committed now, it meets what was written in between as a conflict.
    if (request.gone?.aborted === true) {
      return err(problem('pipeline.client-gone', 'The client closed its connection before the write was made.'));
    }
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
      const one = await this.#resolveOne(draft, { ...request, write }, ids[index] ?? this.#deps.newId());
      if (!one.ok) return one;
      const { id, existing } = one.value;
      const refused =
        write.type === 'Patient' && existing !== true ? await checkOwner(draft, request.client, id) : undefined;
      if (refused !== undefined) return err(refused);
      resolved.push(one.value);
    }
    return ok(resolved);
  }

  async #resolveOne(draft: Draft, one: OneWrite, id: string): Promise<Result<Resolved, Problem>> {
    const { write } = one;
    if (write.condition !== undefined) return this.#resolveCondition(draft, one, id);
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

  async #resolveCondition(draft: Draft, { write, client }: OneWrite, id: string): Promise<Result<Resolved, Problem>> {
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
    const own = type === 'Patient' ? await ownRecord(draft, client, first) : ok(first);
    if (!own.ok) return own;
    return ok(write.method === 'POST' ? { write, id: own.value, existing: true } : { write, id: own.value });
  }

  /** What conditional references (`Practitioner?identifier=…`) mean: each exactly one resource, which the commit expects. */
  async #namesIn(draft: Draft, writes: readonly FhirWrite[]): Promise<Result<Names, Problem>> {
    const names: Record<string, string> = {};
    for (const { reference, path } of writes.flatMap(({ resource }) => findReferences(resource))) {
      const asked = readConditional(reference);
      const hash = conditionalHash(reference);
      if (asked === undefined || hash in names) continue;
      const { type, condition } = asked;
      const found = await this.#deps.find(type, condition);
      if (!found.ok) return found;
      const [id, second] = found.value;
      if (id === undefined || second !== undefined) {
        const many = id === undefined ? 'matches nothing' : 'matches several resources';
        return err(problem('pipeline.precondition-failed', `A reference ${type}?… ${many}.`, { path }));
      }
      names[hash] = `${type}/${id}`;
      await draft.get('resources', `${type}/${id}`);
      draft.expect('resources', `${type}/${id}`);
    }
    return ok(names);
  }

  async #news(draft: Draft, { client, message }: Request, { resolved, names, now }: Told): Promise<News> {
    const urls = new Map(
      resolved.flatMap(({ write: { fullUrl, type }, id }) =>
        fullUrl === undefined ? [] : [[fullUrl, `${type}/${id}`] as const],
      ),
    );
    const nameOf: NameOf = (reference) =>
      readConditional(reference) === undefined ? urls.get(reference) : names[conditionalHash(reference)];
    const patches: ResourcePatch[] = [];
    for (const { write, id, existing } of resolved) {
      const { resource } = write;
      if (resource === undefined || write.method === 'DELETE' || existing === true) continue;
      const shown = write.type === 'Patient' ? await withoutOurLinks(draft, resource, id) : resource;
      patches.push({ ...patchOf(shown, id, nameOf), replace: true });
    }
    this.#writes += 1;
    return {
      message,
      channel: this.#deps.channel.name,
      source: client,
      at: now,
      // Known before the commit gives the message its sequence, and unlike that of any other message.
      sequence: now.getTime() * 1_000 + (this.#writes % 1_000),
      receivedAt: now,
      mappingVersion: FHIR_MAPPING,
      patches,
      directives: [],
      snapshots: [],
      deletes: resolved
        .filter(({ write }) => write.method === 'DELETE')
        .map(({ write, id }) => ({ type: write.type, id })),
      rest: true,
    };
  }

  #entry({ client, writes }: Request, { news, resolved, names, applied }: Done): JournalEntry {
    const [first] = writes;
    const at = news.at.toISOString();
    return {
      state: 'done',
      channel: this.#deps.channel.name,
      source: client,
      contentType: 'application/fhir+json',
      receivedAt: at,
      peer: client,
      event: writes.length === 1 ? `${first?.method ?? ''} ${first?.type ?? ''}` : `${writes.length} writes`,
      lanes: [],
      accepted: true,
      crashes: 0,
      replays: 0,
      problems: [],
      warnings: applied.warnings,
      unmapped: [],
      mapping: FHIR_MAPPING,
      doneAt: at,
      writes: resolved.map(journalWrite),
      ...(Object.keys(names).length === 0 ? {} : { names }),
      order: news.sequence,
    };
  }
}

/** By hash of the conditional reference: `Type/id`. */
type Names = Readonly<Record<string, string>>;

/** What the writes of a request mean, at the time of the try. */
interface Told {
  readonly resolved: readonly Resolved[];
  readonly names: Names;
  readonly now: Date;
}

interface Done {
  readonly news: News;
  readonly resolved: readonly Resolved[];
  readonly names: Names;
  readonly applied: Applied;
}

interface OneWrite {
  readonly client: string;
  readonly write: FhirWrite;
}

function journalWrite({ write: { method, type, at }, id, existing }: Resolved): JournalWrite {
  return {
    method,
    type,
    id,
    ...(at === undefined ? {} : { at }),
    ...(existing === undefined ? {} : { existing }),
  };
}

interface Request {
  readonly client: string;
  readonly message: string;
  readonly writes: readonly FhirWrite[];
  readonly raw: Uint8Array;
  readonly gone: AbortSignal | undefined;
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
