import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import fc from 'fast-check';

import { silentLog } from '../../src/core/log.ts';
import { noMetrics } from '../../src/core/metrics.ts';
import { compileConcepts } from '../../src/fhir/concepts.ts';
import { compileExtractor } from '../../src/fhir/extract.ts';
import type { IdentityDirective, ResourcePatch } from '../../src/fhir/patch.ts';
import { createAnswers } from '../../src/pipeline/follow-up/answers.ts';
import { followUpSection } from '../../src/pipeline/follow-up/document-section.ts';
import { createFollowUpLoop } from '../../src/pipeline/follow-up/loop.ts';
import { createFollowUp } from '../../src/pipeline/follow-up/react.ts';
import { senderMemory } from '../../src/pipeline/follow-up/sender-memory.ts';
import { createRecord } from '../../src/record/create-record.ts';
import { createRecordReader } from '../../src/record/reader.ts';
import { SENDERS } from '../../src/senders/builtins.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import { Draft } from '../../src/store/draft.ts';
import { loadFollowUp } from '../../src/triggers/read/load-follow-up.ts';
import { about, mr, patientOf } from '../unit/record/support.ts';
import { configFiles, knowledge } from '../unit/triggers/config-files.ts';

/** The installation that the ids of the support file are made with. */
const INSTALLATION = '6f0c7a52-3d0f-4a64-9e39-0d5b1c2a7e11';
const START = Date.parse('2026-11-21T00:00:00Z');
const HOUR = 3_600_000;

const loaded = loadFollowUp(configFiles(), knowledge);
const validate = addFormats
  .default(new Ajv2020({ strict: false }))
  .compile(JSON.parse(readFileSync('src/record/document/patient-document.schema.json', 'utf8')) as object);

/** Record, follow-up and loop over a memory store whose clock the test moves. */
class Ward {
  #now = START;
  #sequence = 0;
  readonly store = openMemoryStore({ now: () => new Date(this.#now) });
  readonly parts = createRecord(
    { installation: INSTALLATION, zone: 'Asia/Shanghai', sources: {}, newId: () => crypto.randomUUID() },
    {
      extractor: compileExtractor,
      concepts: compileConcepts([]),
      followUp: followUpSection({ reader: createRecordReader(), installation: INSTALLATION }),
    },
  );
  readonly #deps = this.#makeDeps();
  readonly #react = createFollowUp(this.#deps);
  readonly #loop = createFollowUpLoop(this.#deps);
  readonly #answers = createAnswers({ ...this.#deps, wake: () => undefined });

  async say(patches: readonly ResourcePatch[], directives: readonly IdentityDirective[] = []): Promise<void> {
    const at = new Date((this.#now += 1000));
    const sequence = (this.#sequence += 1);
    const message = `m${sequence}`;
    const draft = new Draft(this.store);
    const applied = await this.parts.record.apply(draft, {
      ...{ message, channel: 'his', source: 'HIS', at, sequence, receivedAt: at, mappingVersion: '1' },
      ...{ patches, directives, snapshots: [] },
    });
    if (!applied.ok) return;
    const context = { cause: message, at, now: at, backfill: sequence % 5 === 0 };
    await this.#react.react(draft, applied.value, context);
    if (!(await draft.commit()).ok) throw new RangeError('conflict');
  }

  async advance(hours: number): Promise<void> {
    this.#now += hours * HOUR;
    await this.#loop.drain();
  }

  async reply(text: string): Promise<void> {
    const last = await this.#lastAttempt('patient');
    if (last === undefined) return;
    await this.#answers.reply({ kind: 'reply', from: '', attempt: last, text, at: new Date(this.#now) });
    await this.#loop.drain();
  }

  async acknowledge(): Promise<void> {
    const last = await this.#lastAttempt('staff');
    if (last !== undefined) await this.#answers.acknowledge(last, '1013');
  }

  async #lastAttempt(audience: string): Promise<string | undefined> {
    const { rows } = await this.store.find('attempts', { all: [`audience|${audience}|out`] });
    return rows.at(-1)?.id;
  }

  #makeDeps() {
    const phone = SENDERS.find(({ type }) => type === 'demo-phone');
    if (!loaded.ok || phone === undefined) throw new TypeError('the configuration does not load');
    const memory = senderMemory(this.store, 'phone');
    const sender = phone.create({}, { name: 'phone', log: silentLog, now: () => new Date(this.#now), memory });
    let mono = 0;
    return {
      ...{ config: loaded.value, installation: INSTALLATION, log: silentLog, metrics: noMetrics, store: this.store },
      ...{ reader: this.parts.reader, putOwn: this.parts.putOwn, refreshDocuments: this.parts.refreshDocuments },
      ...{
        senders: [{ name: 'phone', sender }],
        owner: 'node',
        monotonic: () => (mono += 1),
        safetyNet: false as const,
      },
    };
  }
}

type Step = (ward: Ward) => Promise<void>;

const no = fc.constantFrom('P1', 'P2');
const visit = (patient: string, status: string): ResourcePatch =>
  about(patient, 'Encounter', `${patient}-e`, { status, class: { code: 'IMP' } });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(no, fc.constantFrom('in-progress', 'finished', 'finished', 'cancelled')).map(
    ([patient, status]): Step =>
      (ward) =>
        ward.say([visit(patient, status)]),
  ),
  fc.tuple(no, fc.constantFrom('2026-11-19', '2026-11-20')).map(([patient, on]): Step => (ward) => {
    const encounter = { reference: `Encounter/${visit(patient, 'finished').id}` };
    const code = { coding: [{ system: 'urn:icd9cm3', code: '81.5400' }] };
    return ward.say([
      about(patient, 'Procedure', `${patient}-o`, { status: 'completed', code, encounter, performedDateTime: on }),
    ]);
  }),
  fc.tuple(no, fc.constantFrom(4.2, 6.8, 7.4)).map(
    ([patient, value]): Step =>
      (ward) =>
        ward.say([
          about(patient, 'Observation', `${patient}-k`, {
            status: 'final',
            code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
            valueQuantity: { value, unit: 'mmol/L', code: 'mmol/L' },
          }),
        ]),
  ),
  fc.tuple(no, fc.constantFrom('active', 'resolved')).map(
    ([patient, state]): Step =>
      (ward) =>
        ward.say([
          about(patient, 'Condition', `${patient}-c`, {
            code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E11.900' }] },
            clinicalStatus: { coding: [{ code: state }] },
          }),
        ]),
  ),
  fc.constantFrom(1, 26, 120, 800).map(
    (hours): Step =>
      (ward) =>
        ward.advance(hours),
  ),
  fc.constantFrom('伤口疼痛加剧', '1', 'TD').map(
    (text): Step =>
      (ward) =>
        ward.reply(text),
  ),
  fc.constant<Step>((ward) => ward.acknowledge()),
  fc.constant<Step>((ward) => ward.say([], [{ kind: 'merge', survivor: mr('P1'), retired: mr('P2') }])),
  fc.constant<Step>((ward) => ward.say([patientOf('P2', '测试P2', { deceasedBoolean: true })])),
);

describe('follow-up in patient documents', () => {
  test('kept incrementally it equals a full rebuild, whatever happened in which order, and keeps its schema', async () => {
    let sections = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const ward = new Ward();
        const telecom = [{ system: 'phone', value: '19900000001' }];
        await ward.say([patientOf('P1', '测试P1', { telecom }), patientOf('P2', '测试P2', { telecom })]);
        for (const one of steps) await one(ward);
        const { rows } = await ward.store.find('patients', {});
        for (const { body } of rows) {
          const document = JSON.parse(JSON.stringify(body)) as Readonly<Record<string, unknown>>;
          if (document['followUp'] !== undefined) sections += 1;
          expect(validate(document) ? [] : validate.errors).toEqual([]);
        }
        const { changed } = await ward.parts.rebuild(ward.store, {});
        const after = await ward.store.find('patients', {});
        expect(after.rows.map(({ body }) => body)).toEqual(rows.map(({ body }) => body));
        expect(changed).toBe(0);
      }),
      { numRuns: 40 },
    );
    expect(sections).toBeGreaterThan(10);
  }, 120_000);
});
