import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toResources } from '../../src/mapping/to-resources.ts';
import { loaded, mapped, message, CONTEXT } from '../unit/mapping/mapping-files.ts';

const set = loaded();
const text = fc.constantFrom(
  '',
  '""',
  'A',
  '20261121',
  '1',
  '张',
  'a^b',
  'x~y',
  '^^^S',
  'F',
  '\\F\\',
  '<5',
  '-',
  'M',
  '20261332',
);
const segment = (name: string, fields: number): fc.Arbitrary<string> =>
  fc.array(text, { maxLength: fields }).map((list) => [name, ...list].join('|'));

const adt = fc
  .tuple(
    fc.constantFrom('A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A08', 'A11', 'A13', 'A24', 'A28', 'A31', 'A37', 'A40'),
    segment('PID', 30),
    fc.array(
      fc.oneof(segment('PV1', 45), segment('AL1', 6), segment('DG1', 20), segment('NK1', 16), segment('MRG', 3)),
    ),
  )
  .map(([event, pid, others]) => [`MSH|^~\\&|A|B|C|D|20261121||ADT^${event}|1|P|2.5`, 'EVN||20261121', pid, ...others]);
const oru = fc
  .array(fc.oneof(segment('OBR', 32), segment('OBX', 20), segment('NTE', 3), segment('SPM', 18), segment('ORC', 12)))
  .map((others) => ['MSH|^~\\&|A|B|C|D|20261121||ORU^R01|1|P|2.5', 'PID|1||7^^^H^MR', ...others]);
const anyMessage = fc.oneof(adt, oru);

test('the same message gives the same result, byte for byte', () => {
  fc.assert(
    fc.property(anyMessage, (segments) => {
      const [first, second] = [mapped(set, message(...segments)), mapped(set, message(...segments))];
      expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    }),
    { numRuns: 150 },
  );
});

test('a field that no element names is kept on the resource of its segment, or on the unmapped list', () => {
  fc.assert(
    fc.property(anyMessage, fc.integer({ min: 41, max: 60 }), (segments, field) => {
      const padded = segments.map((one) => (one.startsWith('PID') ? one.split('|').slice(0, 40).join('|') : one));
      const pid = padded.findIndex((one) => one.startsWith('PID'));
      const grown = padded.map((one, n) => {
        const fields = one.split('|');
        return n === pid ? [...fields, ...Array<string>(field - fields.length).fill(''), 'LOST'].join('|') : one;
      });
      const result = mapped(set, message(...grown));
      const patient = toResources(result).find(({ resourceType }) => resourceType === 'Patient');
      const kept = { url: `urn:jingluo:hl7v2:PID-${field}`, valueString: 'LOST' };
      // Without a patient nobody can keep it.
      const where = patient === undefined ? result.unmapped.map(({ address }) => address) : patient['extension'];
      expect(where).toContainEqual(patient === undefined ? `PID-${field}` : kept);
    }),
    { numRuns: 100 },
  );
});

test('asking for a trace changes nothing else', () => {
  fc.assert(
    fc.property(anyMessage, (segments) => {
      const plain = mapped(set, message(...segments));
      const { trace, ...traced } = mapped(set, message(...segments), { ...CONTEXT, trace: true });
      expect(traced).toEqual(plain);
      expect(trace).toBeDefined();
    }),
    { numRuns: 100 },
  );
});
