import { describe, expect, test } from '@jest/globals';

import { readMessage } from '../../../src/hl7/read-message.ts';
import { describeMappings, structuralOf } from '../../../src/mapping/describe/describe.ts';
import { parse } from 'yaml';
import { survivalOf, type Survival } from '../../support/survival.ts';
import { CONTEXT, loaded, mappingFiles } from './mapping-files.ts';

const files = mappingFiles();
const set = loaded(files.filter(({ path }) => !path.endsWith('.test.yaml')));
const described = describeMappings(files.filter(({ path }) => !path.endsWith('.test.yaml')));
const structural = new Map((described.ok ? described.value : []).map((one) => [one.structure, structuralOf(one)]));

/** The messages of the cases beside the base mappings, which are all synthetic. */
const messages = files
  .filter(({ path }) => /^cases\/.*\.test\.yaml$/u.test(path))
  .flatMap(({ path, text }) =>
    (parse(text) as readonly { name: string; message: string; site?: string }[]).map((one) => ({ path, ...one })),
  );

function survive(text: string, site: string | undefined): Survival | undefined {
  const message = readMessage(new TextEncoder().encode(text.trim().replaceAll(/\r?\n/gu, '\r')));
  if (!message.ok) return undefined;
  const mapping = set.for(message.value, site);
  if (!mapping.ok) return undefined;
  const result = mapping.value.run(message.value, { ...CONTEXT, envelope: true, trace: true });
  return survivalOf(message.value, result, structural.get(mapping.value.structure) ?? new Set());
}

describe('nothing is lost in silence', () => {
  test.each(messages)('$path: $name', ({ message, site }) => {
    expect(survive(message, site)?.unaccounted ?? []).toEqual([]);
  });

  test('a value that neither a resource nor the list has is told', () => {
    const text = 'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01|1|P|2.5\rPID|1||P990001^^^H^MR||Test^A\rIN2|never mapped';
    const message = readMessage(new TextEncoder().encode(text));
    const mapping = message.ok ? set.for(message.value) : message;
    const result = message.ok && mapping.ok ? mapping.value.run(message.value, { ...CONTEXT, trace: true }) : undefined;
    const silent = message.ok && result && survivalOf(message.value, { ...result, unmapped: [] }, new Set());
    expect(silent).toMatchObject({ unaccounted: expect.arrayContaining(['IN2-1.1']) });
  });

  test('of all values of these messages at least 92 of 100 are in resources', () => {
    const all = messages.flatMap(({ message, site }) => survive(message, site) ?? []);
    const sum = (of: (one: Survival) => number): number => all.reduce((total, one) => total + of(one), 0);
    expect(sum((one) => one.inFhir) / sum((one) => one.values)).toBeGreaterThanOrEqual(0.92);
  });
});
