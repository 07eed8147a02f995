import type { Patient } from 'fhir/r4.js';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { DemoControl } from '../../src/app/demo/control.ts';
import { seedHistory } from '../../src/app/demo/history.ts';
import { Player } from '../../src/app/demo/play.ts';
import { demoDay } from '../../src/app/demo/read-day.ts';
import { countSafety } from '../../src/app/demo/safety.ts';
import { OPERATIONS } from '../../src/app/operations/builtins.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';
import { HOME } from '../../src/app/home.ts';
import { offsetAt } from '../../src/fhir/zone.ts';
import type { Attempt, Occurrence } from '../../src/pipeline/follow-up/rows.ts';
import { readJournal, type JournalEntry } from '../../src/pipeline/journal.ts';
import { COLLECTIONS, type CollectionName } from '../../src/store/collections.ts';
import { jsonOf, textOf } from '../../src/store/body.ts';
import { dumpStore } from '../support/store-dump.ts';

type Json = Readonly<Record<string, unknown>>;

/** An occurrence with the patient by number and wall times. */
export interface ShownOccurrence {
  readonly patient: string;
  readonly plan: string;
  readonly step: string;
  readonly kind: string;
  readonly state: string;
  readonly due: string;
  readonly code?: string;
  readonly acknowledged?: string;
}

/** An attempt with the patient by number and wall time. */
export interface ShownAttempt {
  readonly patient: string;
  readonly audience: string;
  readonly recipient: string;
  readonly template: string;
  readonly step: string;
  readonly at: string;
}

/** What was to be seen after a row of the day. */
export interface Shown {
  readonly code: string;
  readonly error?: string;
  readonly ack: string;
  readonly counts: Json;
  readonly occurrences: readonly ShownOccurrence[];
  readonly attempts: readonly ShownAttempt[];
}

/** A review with its source records by number. */
export interface ShownReview {
  readonly state: string;
  readonly records: readonly string[];
  readonly guards: readonly string[];
}

const COUNTED = [
  'history',
  'events',
  'occurrences',
  'attempts',
  'reviews',
  'assertions',
  'persons',
  'sources',
] as const;

/** The demo day on an engine of its own, with what tests ask about it. */
export class DemoDay {
  readonly sealed = true;
  readonly #running: RunningEngine;
  readonly #folder: string;
  history: { readonly visits: number; readonly sent: number } = { visits: 0, sent: 0 };

  private constructor(running: RunningEngine, folder: string) {
    this.#running = running;
    this.#folder = folder;
  }

  /** Starts an engine with the demo configuration on free ports, sealed. `store`: as in the configuration. */
  static async start(folder: string, store = '{ type: sqlite }'): Promise<DemoDay> {
    process.env['JINGLUO_LOG'] = 'error';
    const config = path.join(folder, 'demo.yaml');
    const secret = Buffer.alloc(32, 7).toString('base64');
    await writeFile(
      config,
      [
        'timezone: Asia/Shanghai',
        'demo: true',
        `store: ${store}`,
        `sealing: { current: k1, keys: [{ id: k1, secret: "${secret}" }] }`,
        'sources:',
        '  HIS: { owns: [HOSP01], ids: { MR: HOSP01 }, rank: 1 }',
        '  LIS: { rank: 2 }',
        '  PACS: { ids: { MR: HOSP01 }, rank: 3 }',
        'channels:',
        '  - { name: his, type: mllp, source: HIS, port: 0, site: demo, defaultCharset: GB18030, snapshot: [AL1] }',
        '  - { name: lis, type: mllp, source: LIS, port: 0, site: demo }',
        '  - { name: pacs, type: mllp, source: PACS, port: 0, site: demo }',
        'senders: [{ name: phone, type: demo-phone }]',
        'http: { port: 0, auth: none }',
        `folders: { directory: "${path.join(HOME, 'config', 'directory', 'demo.yaml')}" }`,
      ].join('\n'),
    );
    const site = await loadSite({ config, data: path.join(folder, 'data') });
    return new DemoDay(await runEngine(site), folder);
  }

  async stop(): Promise<void> {
    await this.#running.stop(5_000);
  }

  /** Plays all rows and remembers what each has shown. */
  async play(): Promise<ReadonlyMap<number, Shown>> {
    const day = await demoDay();
    this.history = await seedHistory(this.#running.engine);
    const player = new Player(this.#running, day);
    const shown = new Map<number, Shown>();
    try {
      for (const message of day.messages) {
        const { code, error, ack } = await player.play(message);
        const seen = {
          code,
          ack,
          counts: await this.counts(),
          occurrences: await this.occurrences(),
          attempts: await this.attempts(),
        };
        shown.set(message.n, error === undefined ? seen : { ...seen, error });
      }
    } finally {
      await player.close();
    }
    return shown;
  }

  async counts(): Promise<Json> {
    const { store } = this.#running.engine;
    return Object.fromEntries(
      await Promise.all(COUNTED.map(async (name) => [name, await store.count(name, {})] as const)),
    );
  }

  async occurrences(): Promise<readonly ShownOccurrence[]> {
    const names = await this.#names();
    const rows = await this.#rows('occurrences');
    return rows.map((row) => {
      const one = jsonOf<Occurrence>(row);
      return {
        patient: names.get(one.rec) ?? one.rec,
        plan: one.plan,
        step: one.step,
        kind: one.kind,
        state: one.state,
        due: this.#wall(one.due),
        ...(one.code === undefined ? {} : { code: one.code }),
        ...(one.acknowledged === undefined ? {} : { acknowledged: one.acknowledged.by }),
      };
    });
  }

  async attempts(): Promise<readonly ShownAttempt[]> {
    const names = await this.#names();
    const rows = (await this.#rows('attempts'))
      .map((row) => jsonOf<Attempt>(row))
      .filter(({ direction }) => direction === 'out');
    return rows
      .toSorted((a, b) => a.at.localeCompare(b.at))
      .map(({ rec, audience, recipient = '', template, step, at }) => ({
        patient: names.get(rec) ?? rec,
        audience,
        recipient,
        template,
        step,
        at: this.#wall(at).replace(' ', 'T'),
      }));
  }

  async messages(): Promise<readonly JournalEntry[]> {
    const rows = (await this.#rows('journal')).map(readJournal);
    return rows.toSorted((a, b) => a.seq - b.seq).map(({ entry }) => entry);
  }

  async reviewsOf(...numbers: readonly string[]): Promise<readonly ShownReview[]> {
    const names = await this.#names();
    const reviews = (await this.#rows('reviews')).map((row) => {
      const body = jsonOf<Json>(row);
      const text = JSON.stringify(body);
      const records = [...names].filter(([id]) => text.includes(id)).map(([, name]) => name);
      const guards = [...new Set([...text.matchAll(/"(G\d+)"/g)].map(([, guard]) => guard ?? ''))];
      return { state: String(body['state']), records, guards };
    });
    return reviews.filter(({ records }) => numbers.every((number) => records.includes(number)));
  }

  /** Id of the source record of a number. */
  async sourceOf(number: string): Promise<string> {
    const found = [...(await this.#names())].find(([, name]) => name === number);
    return found?.[0] ?? '';
  }

  /** Id of the lead of the person who has a number. */
  async idOf(number: string): Promise<string> {
    const source = await this.sourceOf(number);
    return this.#personOf(source);
  }

  async membersOf(number: string): Promise<readonly string[]> {
    const names = await this.#names();
    const person = await this.idOf(number);
    const members = await Promise.all([...names].map(async ([id, name]) => [name, await this.#personOf(id)] as const));
    return members.filter(([, id]) => id === person).map(([name]) => name);
  }

  async patient(number: string): Promise<Patient> {
    return { ...(await this.#get(`Patient/${await this.idOf(number)}`)), resourceType: 'Patient' };
  }

  async document(number: string): Promise<Json> {
    const row = await this.#running.engine.store.get('patients', await this.idOf(number));
    return typeof row?.body === 'object' && !(row.body instanceof Uint8Array) ? row.body : {};
  }

  /** Resources of one type in the compartment of the person. */
  async resources(number: string, type: string): Promise<readonly Json[]> {
    const found = await this.#get(`Patient/${await this.idOf(number)}/$everything?_count=1000`);
    return entriesOf(found).filter((resource) => resource['resourceType'] === type);
  }

  async all(type: string): Promise<readonly Json[]> {
    return this.search(type, { _count: '500' });
  }

  async search(type: string, parameters: Readonly<Record<string, string>>): Promise<readonly Json[]> {
    return entriesOf(await this.#get(`${type}?${new URLSearchParams(parameters).toString()}`));
  }

  /** The text of a search as it came. */
  async text(type: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(`${this.#base}/${type}?${new URLSearchParams(parameters).toString()}`);
    return answer.text();
  }

  /** The text of any answer of the endpoint. */
  async answer(where: string): Promise<string> {
    return (await fetch(`${this.#base}/${where}`)).text();
  }

  /** Every version of every resource as it is stored, those of members who are not shown included. */
  async stored(): Promise<readonly string[]> {
    const rows = [...(await this.#rows('resources')), ...(await this.#rows('history'))];
    return rows.map(textOf).filter((text) => text !== '');
  }

  /** Versions of a resource, newest first. */
  async history_(type: string, id: string): Promise<readonly Json[]> {
    return entriesOf(await this.#get(`${type}/${id}/_history`));
  }

  async advance(hours: number): Promise<void> {
    const { clock } = this.#demo;
    await this.#demo.advanceTo(new Date(clock.now().getTime() + hours * 3_600_000));
  }

  /** The patient answers the last message; resolves to the risk it was given. */
  async reply(number: string, text: string): Promise<string | undefined> {
    const source = await this.sourceOf(number);
    const sent = (await this.#demo.messages()).filter(
      ({ rec, audience, direction }) => rec === source && audience === 'patient' && direction === 'out',
    );
    return this.#demo.reply(sent.at(-1)?.id ?? '', text);
  }

  async split(number: string): Promise<void> {
    const operation = OPERATIONS.get('person.split');
    const lines = operation?.run(this.#running.engine, { a: await this.sourceOf(number), by: 'test', reason: 'test' });
    if (lines === undefined) throw new TypeError('no operation person.split');
    for await (const line of lines) if (line['problem'] !== undefined) throw new TypeError(JSON.stringify(line));
  }

  safety(): Promise<unknown> {
    return countSafety(this.#running.engine);
  }

  /** Everything that is stored. */
  dumpSealed(): Promise<string> {
    return dumpStore(path.join(this.#folder, 'data'));
  }

  /** ID numbers and phones of the day. */
  secrets(): readonly string[] {
    return [
      '990000196803121014',
      '990000196803121030',
      '99000019850721301X',
      '990000199508206027',
      '990000197209155013',
    ].concat(Array.from({ length: 15 }, (_, n) => `199000000${String(n + 1).padStart(2, '0')}`));
  }

  get #demo(): DemoControl {
    const { demo } = this.#running;
    if (demo === undefined) throw new TypeError('not a demo engine');
    return demo;
  }

  get #base(): string {
    return `${this.#running.httpUrl}/fhir`;
  }

  async #get(where: string): Promise<Json> {
    const answer = await fetch(`${this.#base}/${where}`);
    return (await answer.json()) as Json;
  }

  async #personOf(source: string): Promise<string> {
    const row = await this.#running.engine.store.get('sources', source);
    const person = row?.fields['person'];
    return typeof person === 'string' ? person : '';
  }

  async #names(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#rows('sources');
    return new Map(
      rows.map((row) => {
        const { key } = jsonOf<{ readonly key?: { readonly value: string } }>(row);
        return [row.id, key?.value ?? row.id];
      }),
    );
  }

  async #rows(collection: CollectionName) {
    if (!(collection in COLLECTIONS)) throw new TypeError(collection);
    return (await this.#running.engine.store.find(collection, { limit: 10_000 })).rows;
  }

  #wall(iso: string): string {
    const time = Date.parse(iso);
    const local = new Date(time + offsetAt('Asia/Shanghai', time)).toISOString();
    return `${local.slice(0, 10)} ${local.slice(11, 16)}`;
  }
}

function entriesOf(bundle: Json): readonly Json[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as readonly Json[]) : [];
  return entries
    .map((entry) => entry['resource'] as Json)
    .filter((resource) => (resource as Json | undefined) !== undefined);
}
