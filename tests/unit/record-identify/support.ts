import assert from 'node:assert/strict';

import { uuidV5 } from '../../../src/core/ids.ts';
import type { ElementNews, IdentityDirective, NaturalKey, ResourcePatch } from '../../../src/fhir/patch.ts';
import type { News, RecordSettings } from '../../../src/record/contract.ts';
import { resolveAliases } from '../../../src/record/identify/aliases.ts';
import type { Identified, SourceRecord } from '../../../src/record/identify/contract.ts';
import { identify } from '../../../src/record/identify/identify.ts';
import { readReview, type Review } from '../../../src/record/identify/review-row.ts';
import { readSource } from '../../../src/record/identify/source-row.ts';
import { Draft } from '../../../src/store/draft.ts';
import { MemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/port.ts';
import { StoreClock } from '../../../src/store/store-clock.ts';

/** Installation of every test. */
const INSTALLATION = '3f1c9f6e-3c0e-4a53-9a3a-1d3e5f7a9b10';

/** A plainly synthetic person, as a message may tell of one; a member that is absent is not told. */
export interface Told {
  readonly number: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly birth?: string;
  readonly sex?: 'male' | 'female';
  readonly id?: string;
  readonly phone?: string;
  /** Further numbers: namespace, kind, value. */
  readonly also?: readonly (readonly [string, string, string])[];
}

export const keyOf = (told: Pick<Told, 'number' | 'kind' | 'namespace'>): NaturalKey => ({
  namespace: told.namespace ?? 'HOSP01',
  kind: told.kind ?? 'MR',
  value: told.number,
});

export const idOf = (told: Pick<Told, 'number' | 'kind' | 'namespace'>): string => {
  const { namespace, kind, value } = keyOf(told);
  return uuidV5(INSTALLATION, 'Patient', namespace, kind, value);
};

const identifier = (namespace: string, kind: string, value: string): unknown => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: kind }] },
  system: `urn:jingluo:namespace/${namespace}`,
  value,
});

/** The Patient patch of what is told, as the mapping makes it. */
export function patientPatch(told: Told): ResourcePatch {
  const key = keyOf(told);
  const numbers: (readonly [string, string, string])[] = [[key.namespace, key.kind, key.value], ...(told.also ?? [])];
  if (told.id !== undefined) numbers.push(['CN', 'NI', told.id]);
  const elements: Record<string, ElementNews> = {
    identifier: {
      kind: 'entries',
      units: Object.fromEntries(
        numbers.map(([ns, kind, value]) => [`PID-3|${ns}|${kind}`, [identifier(ns, kind, value)]]),
      ),
    },
  };
  if (told.name !== undefined) elements['name'] = { kind: 'value', value: [{ text: told.name }] };
  if (told.birth !== undefined) elements['birthDate'] = { kind: 'value', value: told.birth };
  if (told.sex !== undefined) elements['gender'] = { kind: 'value', value: told.sex };
  if (told.phone !== undefined) {
    elements['telecom'] = { kind: 'entries', units: { 'PID-13': [{ system: 'phone', value: told.phone }] } };
  }
  return { type: 'Patient', id: idOf(told), key, elements };
}

/** One hospital in memory, to which messages are told one after the other. */
export class Hospital {
  readonly store: Store;
  readonly settings: RecordSettings;
  #sequence = 0;
  #ids = 0;

  constructor(sources: RecordSettings['sources'] = {}, store?: Store) {
    this.store = store ?? new MemoryStore(new StoreClock({ now: () => new Date('2026-11-21T00:00:00Z') }));
    this.settings = {
      installation: INSTALLATION,
      zone: 'Asia/Shanghai',
      sources,
      newId: () => `id-${(this.#ids += 1)}`,
    };
  }

  news(source: string, parts: Partial<Pick<News, 'patches' | 'directives' | 'at' | 'message'>>): News {
    this.#sequence += 1;
    const at = new Date(Date.parse('2026-11-21T00:00:00Z') + this.#sequence * 60_000);
    return {
      message: `m-${this.#sequence}`,
      channel: source,
      source,
      at,
      sequence: this.#sequence,
      receivedAt: at,
      mappingVersion: 'v',
      patches: [],
      directives: [],
      snapshots: [],
      ...parts,
    };
  }

  /** Tells a message; fails loudly where it is held. */
  async tell(source: string, told: Told | readonly Told[], ...directives: IdentityDirective[]): Promise<Identified> {
    const list: readonly Told[] = Array.isArray(told) ? (told as readonly Told[]) : [told as Told];
    return this.apply(this.news(source, { patches: list.map(patientPatch), directives }));
  }

  async apply(news: News): Promise<Identified> {
    const { identified } = await this.attempt(news);
    if (identified === undefined) assert.fail('the message is held');
    return identified;
  }

  /** Applies and commits news; what it was held for, where it was. */
  async attempt(
    news: News,
  ): Promise<{ identified?: Identified; held?: string; review?: string; puts: readonly string[] }> {
    const draft = new Draft(this.store);
    const result = await identify(draft, await resolveAliases(draft, news, this.settings), this.settings);
    const puts = draft.puts.map(({ collection }) => collection);
    const committed = await draft.commit();
    if (!committed.ok) assert.fail('the commit conflicts');
    if (result.ok) return { identified: result.value, puts };
    const { held, review } = result.error;
    return { held: held.code, ...(review === undefined ? {} : { review }), puts };
  }

  async source(told: Pick<Told, 'number' | 'kind' | 'namespace'>): Promise<SourceRecord | undefined> {
    const row = await this.store.get('sources', idOf(told));
    return row === undefined ? undefined : readSource(row);
  }

  /** Persons as lists of numbers, each sorted, by reading every row. */
  async persons(): Promise<readonly (readonly string[])[]> {
    const { rows } = await this.store.find('persons', { limit: 1000 });
    const lists = rows.map((row) => (JSON.parse(row.body as string) as { members: string[] }).members);
    const names = await Promise.all(
      lists.map(async (members) => {
        const sources = await this.store.getMany('sources', members);
        return sources.map((row) => (row === undefined ? '?' : (readSource(row).key?.value ?? '?'))).sort();
      }),
    );
    return names.sort((x, y) => (x.join() < y.join() ? -1 : 1));
  }

  async reviews(state = 'open'): Promise<readonly Review[]> {
    const { rows } = await this.store.find('reviews', { limit: 1000 });
    return rows.map(readReview).filter((review) => review.state === state);
  }
}

/** A valid resident ID number of the unassigned area 990000. */
export function residentId(birth: string, sequence: number): string {
  const first = `990000${birth.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(first[index]), 0);
  return first + ('10X98765432'[sum % 11] ?? '');
}
