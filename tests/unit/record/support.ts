import { uuidV5 } from '../../../src/core/ids.ts';
import type { Result } from '../../../src/core/result.ts';
import { compileConcepts } from '../../../src/fhir/concepts.ts';
import { compileExtractor } from '../../../src/fhir/extract.ts';
import type { ElementNews, FhirResource, NaturalKey, ResourcePatch } from '../../../src/fhir/patch.ts';
import type { Applied, Held, News, RecordSettings, ResourceChange } from '../../../src/record/contract.ts';
import { createRecord, type RecordParts } from '../../../src/record/create-record.ts';
import { textOf } from '../../../src/store/body.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import { Draft } from '../../../src/store/draft.ts';
import type { Store } from '../../../src/store/port.ts';

/** Installation of the ward: names every id. */
export const INSTALLATION = '6f0c7a52-3d0f-4a64-9e39-0d5b1c2a7e11';

const SETTINGS: RecordSettings = {
  installation: INSTALLATION,
  zone: 'Asia/Shanghai',
  sources: {
    HIS: { owns: ['HOSP01'], rank: 1, matching: 'auto' },
    LIS: { owns: [], rank: 5, matching: 'auto' },
  },
  newId: () => crypto.randomUUID(),
};

const CONCEPTS = compileConcepts([
  {
    id: 't2dm',
    title: '2型糖尿病',
    kind: 'condition',
    codes: [{ system: 'http://hl7.org/fhir/sid/icd-10', prefixes: ['E11'] }],
  },
  {
    id: 'joint-replacement',
    title: '关节置换',
    kind: 'procedure',
    codes: [{ system: 'urn:icd9cm3', prefixes: ['81.51', '81.54'] }],
  },
  {
    id: 'hba1c',
    title: '糖化血红蛋白',
    kind: 'observation',
    mark: true,
    codes: [{ system: 'http://loinc.org', codes: ['4548-4'] }],
  },
]);

const value = (v: unknown): ElementNews => ({ kind: 'value', value: v });

export function idOf(type: string, key: NaturalKey): string {
  return uuidV5(INSTALLATION, type, key.namespace, key.kind, key.value);
}

export const mr = (no: string): NaturalKey => ({ namespace: 'HOSP01', kind: 'MR', value: no });

/** Patch of a resource of a natural key; strings, numbers and objects are values. */
export function patchOf(type: string, key: NaturalKey, elements: Readonly<Record<string, unknown>>): ResourcePatch {
  const news = Object.entries(elements).map(([name, v]) => [name, value(v)] as const);
  return { type, id: idOf(type, key), key, elements: Object.fromEntries(news) };
}

/** A patient of the hospital's number. */
export function patientOf(no: string, name = `测试${no}`, more: Readonly<Record<string, unknown>> = {}): ResourcePatch {
  const patch = patchOf('Patient', mr(no), { name: [{ text: name }], ...more });
  const unit = `PID-3|HOSP01|MR`;
  const identifier = {
    kind: 'entries',
    units: { [unit]: [{ system: 'urn:jingluo:namespace/HOSP01', value: no }] },
  } as const;
  return { ...patch, elements: { ...patch.elements, identifier } };
}

/** Another resource about a patient of the hospital's number. */
export function about(
  no: string,
  type: string,
  local: string,
  elements: Readonly<Record<string, unknown>>,
): ResourcePatch {
  const subject = { reference: `Patient/${idOf('Patient', mr(no))}` };
  const who = ['AllergyIntolerance', 'Consent', 'RelatedPerson', 'Immunization'].includes(type)
    ? { patient: subject }
    : type === 'Appointment'
      ? { participant: [{ actor: subject, status: 'accepted' }] }
      : { subject };
  return patchOf(type, { namespace: 'HOSP01', kind: type, value: local }, { ...who, ...elements });
}

/** A record over the memory store that numbers its messages. */
export class Ward {
  readonly store: Store = openMemoryStore();
  readonly parts: RecordParts = createRecord(SETTINGS, { extractor: compileExtractor, concepts: CONCEPTS });
  #sequence = 0;

  /** Applies and commits; a held message commits what its draft holds, as the pipeline does. */
  async say(at: string, patches: readonly ResourcePatch[], more: Partial<News> = {}): Promise<Result<Applied, Held>> {
    this.#sequence += 1;
    const news: News = {
      message: `m${this.#sequence}`,
      channel: 'his',
      source: 'HIS',
      at: new Date(at),
      sequence: this.#sequence,
      receivedAt: new Date(at),
      mappingVersion: '1',
      patches,
      directives: [],
      snapshots: [],
      ...more,
    };
    const draft = new Draft(this.store);
    const applied = await this.parts.record.apply(draft, news);
    const committed = await draft.commit();
    if (!committed.ok) throw new RangeError('conflict');
    this.written = draft.puts.map(({ collection, id }) => `${collection}/${id}`);
    return applied;
  }

  /** What the engine itself writes. */
  async own(resource: FhirResource): Promise<ResourceChange | undefined> {
    const draft = new Draft(this.store);
    const change = await this.parts.putOwn(draft, { resource, at: new Date('2026-11-18T01:00:00Z'), cause: 'step-1' });
    await draft.commit();
    return change;
  }

  /** Rows that the last message wrote. */
  written: readonly string[] = [];

  async resource(type: string, local: string): Promise<Record<string, unknown> | undefined> {
    const key = type === 'Patient' ? mr(local) : { namespace: 'HOSP01', kind: type, value: local };
    const row = await this.store.get('resources', `${type}/${idOf(type, key)}`);
    return row === undefined ? undefined : (JSON.parse(textOf(row)) as Record<string, unknown>);
  }

  async document(no: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const row = await this.store.get('patients', idOf('Patient', mr(no)));
    return row === undefined || typeof row.body === 'string' || row.body instanceof Uint8Array ? undefined : row.body;
  }
}

/** Types of the events of a message, in order. */
export function eventsOf(applied: Result<Applied, Held>): readonly string[] {
  return applied.ok ? applied.value.events.map(({ type }) => type) : ['held'];
}
