import { sha256 } from '../../../src/core/ids.ts';
import { silentLog } from '../../../src/core/log.ts';
import { noMetrics } from '../../../src/core/metrics.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import type { Answers } from '../../../src/pipeline/follow-up/answers.ts';
import { createAnswers } from '../../../src/pipeline/follow-up/answers.ts';
import type { FollowUp, FollowUpLoop } from '../../../src/pipeline/follow-up/contract.ts';
import type { LoopDeps } from '../../../src/pipeline/follow-up/loop-deps.ts';
import { createFollowUpLoop } from '../../../src/pipeline/follow-up/loop.ts';
import { createFollowUp } from '../../../src/pipeline/follow-up/react.ts';
import type { Attempt, Enrolment, Occurrence } from '../../../src/pipeline/follow-up/rows.ts';
import { jsonOf } from '../../../src/store/body.ts';
import { senderMemory } from '../../../src/pipeline/follow-up/sender-memory.ts';
import type { Applied, EventType, PutOwn, RecordEvent, RecordReader } from '../../../src/record/contract.ts';
import { SENDERS } from '../../../src/senders/builtins.ts';
import type { Sender } from '../../../src/senders/port.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import { Draft } from '../../../src/store/draft.ts';
import type { Store } from '../../../src/store/port.ts';
import { loadFollowUp } from '../../../src/triggers/read/load-follow-up.ts';
import { configFiles, knowledge } from '../triggers/config-files.ts';

const INSTALLATION = '6f1c0f5e-7d0a-4c57-9a3e-0f2b7c1d9e11';
const loaded = loadFollowUp(configFiles(), knowledge);

/** A small record over the memory store: resources as they are put, persons as the test says. */
export class World {
  now: Date;
  readonly store: Store;
  readonly persons = new Map<string, string[]>();
  readonly followUp: FollowUp;
  readonly answers: Answers;
  readonly deps: LoopDeps;
  loop: FollowUpLoop;
  #mono = 0;

  constructor(
    now: string,
    more: { readonly sender?: (phone: Sender) => Sender; readonly store?: (store: Store) => Store } = {},
  ) {
    this.now = new Date(now);
    const memory = openMemoryStore({ now: () => this.now });
    this.store = more.store?.(memory) ?? memory;
    if (!loaded.ok) throw new TypeError('the plans do not load');
    const phone = SENDERS.find((plugin) => plugin.type === 'demo-phone')?.create(
      {},
      {
        name: 'phone',
        log: silentLog,
        now: () => this.now,
        memory: senderMemory(memory, 'phone'),
      },
    );
    if (phone === undefined) throw new TypeError('no phone');
    this.deps = {
      config: loaded.value,
      reader: this.reader,
      putOwn: this.putOwn,
      refreshDocuments: () => Promise.resolve(),
      installation: INSTALLATION,
      log: silentLog,
      metrics: noMetrics,
      store: this.store,
      senders: [{ name: 'phone', sender: more.sender?.(phone) ?? phone }],
      owner: 'node-1',
      monotonic: () => (this.#mono += 1),
      safetyNet: false,
    };
    this.followUp = createFollowUp(this.deps);
    this.loop = createFollowUpLoop(this.deps);
    this.answers = createAnswers({ ...this.deps, wake: () => undefined });
  }

  readonly reader: RecordReader = {
    person: (_draft, rec) => {
      const members = this.persons.get(rec);
      return Promise.resolve(members === undefined ? undefined : { id: members[0] ?? rec, members });
    },
    resource: async (draft, ref) => {
      const row = await draft.get('resources', ref);
      return row === undefined ? undefined : jsonOf<FhirResource>(row);
    },
    resources: async (draft, members, types) => {
      const page = await draft.store.find('resources', {
        all: [members.flatMap((rec) => types.map((type) => `@${rec}|${type}`))],
      });
      const ids = new Set(page.rows.map((row) => row.id));
      for (const put of draft.puts) {
        const inside = members.some((rec) => types.some((type) => put.keys?.includes(`@${rec}|${type}`) === true));
        if (put.collection === 'resources' && inside) ids.add(put.id);
      }
      const rows = await draft.getMany('resources', [...ids]);
      return rows.filter((row) => row !== undefined).map((row) => jsonOf<FhirResource>(row));
    },
  };

  readonly putOwn: PutOwn = (draft, own) => {
    const id = String(own.resource['id']);
    const type = own.resource.resourceType;
    draft.put({
      collection: 'resources',
      id: `${type}/${id}`,
      body: JSON.stringify(own.resource),
      keys: [`@${own.rec ?? ''}|${type}`],
      fields: { type, lastUpdated: own.at, version: 1 },
    });
    return Promise.resolve({ type, id, version: 1 });
  };

  /** A patient with a phone number; `born` as in FHIR. */
  patient(
    rec: string,
    born = '1968-03-12',
    telecom: unknown[] = [{ system: 'phone', use: 'mobile', value: phoneOf(rec) }],
  ): FhirResource {
    if (!this.persons.has(rec)) this.persons.set(rec, [rec]);
    return {
      resourceType: 'Patient',
      id: rec,
      name: [{ text: `测试${rec}` }],
      gender: 'male',
      birthDate: born,
      telecom,
    };
  }

  /** One commit of the record: resources of a source record, and the events that they make. */
  async apply(
    rec: string,
    resources: readonly FhirResource[],
    events: readonly { type: EventType; ref: string; encounter?: string; change?: number; at?: string }[],
    more: { readonly backfill?: boolean; readonly persons?: Applied['persons'] } = {},
  ): Promise<Date | undefined> {
    for (;;) {
      const draft = new Draft(this.store);
      const changes = [];
      for (const resource of resources) {
        const ref = `${resource.resourceType}/${String(resource['id'])}`;
        const before = await this.reader.resource(draft, ref);
        await this.putOwn(draft, { resource, rec, at: this.now, cause: 'm' });
        changes.push({
          type: resource.resourceType,
          id: String(resource['id']),
          rec,
          after: resource,
          version: 1,
          ...(before === undefined ? {} : { before }),
        });
      }
      const made = events.map((event): RecordEvent => {
        const { type, ref, encounter, change = 1, at } = event;
        const id = sha256(type, ref, String(change), this.now.toISOString());
        const time = at === undefined ? this.now : new Date(at);
        return {
          id,
          type,
          at: time,
          rec,
          person: rec,
          ref,
          change,
          message: 'm',
          ...(encounter === undefined ? {} : { encounter }),
        };
      });
      const applied: Applied = { changes, events: made, persons: more.persons ?? [], warnings: [] };
      const context = { cause: 'm', at: this.now, now: this.now, backfill: more.backfill ?? false };
      const due = await this.followUp.react(draft, applied, context);
      if (draft.empty || (await draft.commit()).ok) return due;
    }
  }

  /** Sets the clock and carries out what is due. */
  async at(time: string): Promise<number> {
    this.now = new Date(time);
    return this.loop.drain();
  }

  async occurrences(): Promise<readonly Occurrence[]> {
    const page = await this.store.find('occurrences', { limit: 1000 });
    return page.rows.map((row) => jsonOf<Occurrence>(row)).sort((a, b) => a.due.localeCompare(b.due));
  }

  /** `step state code local-due` of every step. */
  async plan(): Promise<readonly string[]> {
    const all = await this.occurrences();
    return all
      .filter((one) => one.kind === 'step')
      .map((one) => [one.step, one.state, one.code ?? '-', local(one.due)].join(' '));
  }

  async attempts(): Promise<readonly Attempt[]> {
    const page = await this.store.find('attempts', { limit: 1000 });
    return page.rows.map((row) => jsonOf<Attempt>(row)).sort((a, b) => a.at.localeCompare(b.at));
  }

  async enrolments(): Promise<readonly Enrolment[]> {
    const page = await this.store.find('enrolments', { limit: 1000 });
    return page.rows.map((row) => jsonOf<Enrolment>(row));
  }

  async resources(type: string): Promise<readonly FhirResource[]> {
    const page = await this.store.find('resources', { where: [{ field: 'type', op: 'eq', value: type }], limit: 1000 });
    return page.rows.map((row) => jsonOf<FhirResource>(row));
  }
}

/** A synthetic mobile number for a source record. */
export function phoneOf(rec: string): string {
  const hash = Buffer.from(rec).reduce((sum, byte) => (sum * 31 + byte) % 10_000, 7);
  return `1990000${hash.toString().padStart(4, '0')}`;
}

function local(iso: string): string {
  return new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ');
}

/** An inpatient stay. */
export function stay(id: string, rec: string, status = 'finished', doctor = '1001'): FhirResource {
  return {
    resourceType: 'Encounter',
    id,
    status,
    subject: { reference: `Patient/${rec}` },
    participant: [
      {
        type: [{ coding: [{ code: 'ATND' }] }],
        individual: { identifier: { value: doctor }, display: 'x' },
      },
    ],
  };
}

/** A joint replacement. */
export function operation(id: string, encounter: string, on: string): FhirResource {
  return {
    resourceType: 'Procedure',
    id,
    status: 'completed',
    encounter: { reference: `Encounter/${encounter}` },
    code: { coding: [{ system: 'urn:icd9cm3', code: '81.5400' }] },
    performedDateTime: on,
  };
}

/** A potassium result. */
export function potassium(id: string, value: number, status = 'final'): FhirResource {
  return {
    resourceType: 'Observation',
    id,
    status,
    code: { text: '血钾', coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
    issued: '2026-11-21T10:00:00+08:00',
    valueQuantity: { value, unit: 'mmol/L', code: 'mmol/L' },
  };
}
