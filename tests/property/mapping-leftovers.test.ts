import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { describeMappings, structuralOf } from '../../src/mapping/describe/describe.ts';
import { toResources } from '../../src/mapping/to-resources.ts';
import { survivalOf } from '../support/survival.ts';
import { CONTEXT, loaded, mapped, mappingFiles, message } from '../unit/mapping/mapping-files.ts';

const files = mappingFiles().filter(({ path }) => !path.endsWith('.test.yaml'));
const set = loaded(files);
const described = describeMappings(files);
const structural = new Map((described.ok ? described.value : []).map((one) => [one.structure, structuralOf(one)]));

/** Segments of each message in their order; each may be left out or come twice. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  'ADT^A01': ['PD1', 'ROL', 'NK1', 'PV1', 'PV2', 'OBX', 'AL1', 'DG1', 'PR1', 'GT1', 'IN1', 'IN2', 'ZZ1'],
  'ORU^R01': ['PV1', 'ORC', 'OBR', 'NTE', 'TQ1', 'OBX', 'NTE', 'SPM', 'ZZ1'],
  'ORM^O01': ['PV1', 'IN1', 'ORC', 'OBR', 'NTE', 'DG1', 'OBX'],
  'RDE^O11': ['AL1', 'ORC', 'RXO', 'RXE', 'NTE', 'TQ1', 'RXR', 'RXC', 'OBX'],
  'MDM^T02': ['PV1', 'TXA', 'OBX', 'NTE'],
  'SIU^S12': ['PV1', 'RGS', 'AIS', 'NTE', 'AIL', 'AIP'],
  'VXU^V04': ['NK1', 'ORC', 'RXA', 'RXR', 'OBX', 'NTE'],
  'DFT^P03': ['PV1', 'FT1', 'DG1', 'GT1', 'IN1'],
};

/** Words that nobody else says, so that where each ended can be found. */
const field = fc.oneof(
  { arbitrary: fc.constant(''), weight: 3 },
  fc.constantFrom('w', 'w^w', '^^w', 'w&w^w', 'w^&w', 'w~w^w', 'w^w^w^w&w^w^w', '20261121', '1', 'F'),
);
const segment = (name: string): fc.Arbitrary<string> =>
  fc.array(field, { maxLength: 45 }).map((fields) => [name, '1', ...fields].join('|'));

const sent = fc.constantFrom(...Object.keys(MESSAGES)).chain((event) =>
  fc.tuple(...(MESSAGES[event] ?? []).map((name) => fc.array(segment(name), { maxLength: 2 }))).map((groups) => {
    let word = 0;
    const rows = [segmentOf('PID', 'P990001^^^H^MR'), ...groups.flat()];
    const own = rows.map((row) => row.replaceAll(/(?<=[|^~&])w(?=[|^~&]|$)/gu, () => `word${(word += 1)}x`));
    return [`MSH|^~\\&|HIS|H|J|J|20261121||${event}|M1|P|2.5`, ...own];
  }),
);

const segmentOf = (name: string, number: string): string => [name, '1', '', number].join('|');

test('whatever a message says is in a resource, in an extension that names its field, or on the list', () => {
  fc.assert(
    fc.property(sent, (segments) => {
      const read = message(...segments);
      const mapping = set.for(read);
      const result = mapped(set, read, { ...CONTEXT, trace: true });
      const formal = mapping.ok ? structural.get(mapping.value.structure) : undefined;
      expect(survivalOf(read, result, formal ?? new Set()).unaccounted).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('what is kept stands once', () => {
  fc.assert(
    fc.property(sent, (segments) => {
      const result = mapped(set, message(...segments));
      const kept = JSON.stringify(toResources(result)).match(/"url":"[\d.]+","valueString":"word\d+x"/gu) ?? [];
      expect(new Set(kept).size).toBe(kept.length);
    }),
    { numRuns: 100 },
  );
});
