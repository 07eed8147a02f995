import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HOME } from '../../../src/app/home.ts';
import { OPERATIONS } from '../../../src/app/operations/builtins.ts';
import type { Line, Params } from '../../../src/app/operations/operation.ts';
import { runEngine } from '../../../src/app/run-engine.ts';
import { loadSite } from '../../../src/app/site.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import type { Enrolment, Occurrence } from '../../../src/pipeline/follow-up/rows.ts';
import { signatureOf } from '../../../src/senders/webhook/signature.ts';
import type { CollectionName } from '../../../src/store/collections.ts';
import { jsonOf } from '../../../src/store/body.ts';
import { Gateway } from './gateway.ts';

type Json = Readonly<Record<string, unknown>>;
type RunningEngine = Awaited<ReturnType<typeof runEngine>>;

/** Key that the gateway and the engine share. */
const SECRET = 'test-secret-test-secret';

/** An engine with everything running, a gateway behind its sender, and a clock that tests put forward. */
export class Clinic {
  readonly gateway = new Gateway();
  readonly folder: string;
  readonly #config: string;
  #running: RunningEngine | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.#config = path.join(folder, 'jingluo.yaml');
  }

  /** Starts one; its clock shows the morning of 21 November 2026. */
  static async start(folders: Readonly<Record<string, string>> = {}): Promise<Clinic> {
    const clinic = new Clinic(await mkdtemp(path.join(tmpdir(), 'jingluo-clinic-')));
    const url = await clinic.gateway.start();
    const directory = path.join(HOME, 'config', 'directory', 'demo.yaml');
    await writeFile(
      clinic.#config,
      JSON.stringify({
        timezone: 'Asia/Shanghai',
        demo: true,
        senders: [{ name: 'gate', type: 'webhook', url, secret: SECRET, channels: ['sms', 'wecom', 'voice'] }],
        http: { port: 0, auth: 'none' },
        folders: { directory, ...folders },
      }),
    );
    await clinic.open();
    return clinic;
  }

  /** Starts the engine on the same folder, with the configuration as it is now. */
  async open(): Promise<void> {
    this.#running = await runEngine(await loadSite({ config: this.#config, data: path.join(this.folder, 'data') }));
  }

  /** Stops the engine alone. */
  async close(): Promise<void> {
    await this.#running?.stop(2_000);
    this.#running = undefined;
  }

  async stop(): Promise<void> {
    await this.close();
    await this.gateway.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get running(): RunningEngine {
    if (this.#running === undefined) throw new TypeError('the engine is closed');
    return this.#running;
  }

  /** Writes resources at the FHIR endpoint, one after another. */
  async put(...resources: readonly FhirResource[]): Promise<void> {
    for (const resource of resources) {
      const where = `${resource.resourceType}/${String(resource['id'])}`;
      const answer = await fetch(`${this.running.httpUrl}/fhir/${where}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(resource),
      });
      if (!answer.ok) throw new TypeError(`${where}: ${answer.status} ${await answer.text()}`);
    }
    await this.running.settle();
  }

  async search(query: string): Promise<readonly FhirResource[]> {
    const answer = await fetch(`${this.running.httpUrl}/fhir/${query}`);
    const bundle = (await answer.json()) as { entry?: readonly { resource: FhirResource }[] };
    return (bundle.entry ?? []).map(({ resource }) => resource);
  }

  /** Puts the clock forward and lets happen what is due until then. */
  async advanceTo(time: string): Promise<void> {
    await this.running.demo?.advanceTo(new Date(time));
  }

  async run(name: string, params: Params): Promise<readonly Line[]> {
    const lines: Line[] = [];
    const operation = OPERATIONS.get(name);
    if (operation === undefined) throw new TypeError(name);
    for await (const line of operation.run(this.running.engine, params)) lines.push(line);
    return lines;
  }

  /** The `followUp` section of a patient's document. */
  async section(rec: string): Promise<unknown> {
    const row = await this.running.engine.store.get('patients', rec);
    return JSON.parse(JSON.stringify((row?.body as Json | undefined)?.['followUp'] ?? null));
  }

  async occurrences(): Promise<readonly Occurrence[]> {
    return (await this.#rows('occurrences'))
      .map((row) => jsonOf<Occurrence>(row))
      .sort((a, b) => a.due.localeCompare(b.due));
  }

  async enrolments(): Promise<readonly Enrolment[]> {
    return (await this.#rows('enrolments')).map((row) => jsonOf<Enrolment>(row));
  }

  /** What the gateway pushes to us; signed unless `secret` says otherwise. */
  async push(
    body: unknown,
    secret = SECRET,
    sender = 'gate',
  ): Promise<{ readonly status: number; readonly body: Json }> {
    const text = JSON.stringify(body);
    const answer = await fetch(`${this.running.httpUrl}/senders/${sender}/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signatureOf(secret, text, this.running.engine.clock.now()) },
      body: text,
    });
    const answered = { status: answer.status, body: (await answer.json()) as Json };
    await this.running.settle();
    return answered;
  }

  async #rows(collection: CollectionName) {
    return (await this.running.engine.store.find(collection, { limit: 1000 })).rows;
  }
}

/** A synthetic patient. */
export function patient(id: string, more: Json = {}): FhirResource {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ type: { coding: [{ code: 'MR' }] }, system: 'urn:test:mr', value: id }],
    name: [{ text: `测试${id}` }],
    gender: 'male',
    birthDate: '1968-03-12',
    telecom: [{ system: 'phone', use: 'mobile', value: `1990000${id.replaceAll(/\D/g, '').padStart(4, '0')}` }],
    ...more,
  };
}

/** A stay of a joint replacement, first open, then finished: what enrols on the plan of joint replacement. */
export function operated(rec: string, visit: string, on = '2026-11-19'): readonly FhirResource[] {
  const encounter = (status: string): FhirResource => ({
    resourceType: 'Encounter',
    id: visit,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${rec}` },
    period: { start: `${on}T08:00:00+08:00`, ...(status === 'finished' ? { end: '2026-11-21T07:00:00+08:00' } : {}) },
  });
  const operation: FhirResource = {
    resourceType: 'Procedure',
    id: `op-${visit}`,
    status: 'completed',
    subject: { reference: `Patient/${rec}` },
    encounter: { reference: `Encounter/${visit}` },
    code: { coding: [{ system: 'urn:icd9cm3', code: '81.5400' }] },
    performedDateTime: on,
  };
  return [encounter('in-progress'), operation, encounter('finished')];
}

/** A potassium that makes a critical alert. */
export function potassium(rec: string, id: string, value: number): FhirResource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: '血钾', coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
    subject: { reference: `Patient/${rec}` },
    issued: '2026-11-21T10:00:00+08:00',
    valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  };
}
