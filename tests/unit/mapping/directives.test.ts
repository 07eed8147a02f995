import { expect, test } from '@jest/globals';
import { CONTEXT, loaded, mapped, message } from './mapping-files.ts';

const set = loaded();
const key = (value: string): unknown => ({ namespace: 'H', kind: 'MR', value });
const adt = (event: string, ...segments: readonly string[]): ReturnType<typeof mapped> =>
  mapped(set, message(`MSH|^~\\&|HIS|H|J|J|20261121||ADT^${event}|1|P|2.5`, 'EVN||20261121', ...segments));

test('A40 states a merge for each of its groups', () => {
  const { directives } = adt('A40', 'PID|1||P1^^^H^MR', 'MRG|T1^^^H^MR', 'PID|1||P2^^^H^MR', 'MRG|T2^^^H^MR');
  expect(directives).toEqual([
    { kind: 'merge', survivor: key('P1'), retired: key('T1') },
    { kind: 'merge', survivor: key('P2'), retired: key('T2') },
  ]);
});

test('a number is not merged with itself', () => {
  const { directives, warnings } = adt('A40', 'PID|1||P1^^^H^MR', 'MRG|P1^^^H^MR');
  expect(directives).toEqual([]);
  expect(warnings.map(({ code }) => code)).toEqual(['mapping.self-merge']);
});

test.each([
  ['A24', 'link'],
  ['A37', 'unlink'],
])('%s states a %s of its two patients', (event, kind) => {
  const { directives } = adt(event, 'PID|1||P1^^^H^MR', 'PID|1||P2^^^H^MR');
  expect(directives).toEqual([{ kind, a: key('P1'), b: key('P2') }]);
});

test('a number without authority is of the domain that the source declares for its kind, else of the source', () => {
  const from = message('MSH|^~\\&|LIS|H|J|J|20261121||ADT^A28|1|P|2.5', 'EVN||20261121', 'PID|1||P1');
  const named = mapped(set, from, { ...CONTEXT, ids: { MR: 'H' } }).patches[0]?.key;
  expect(named).toEqual(key('P1'));
  expect(mapped(set, from, { ...CONTEXT, source: 'LIS' }).patches[0]?.key).toMatchObject({ namespace: 'LIS' });
});

test('each number of PID-3 is a unit of its own, absent fields leave theirs alone', () => {
  const { patches } = adt('A08', 'PID|1||P1^^^H^MR~990000196803121014^^^CN^NI||||||||||13900000001|""');
  const patient = patches.find(({ type }) => type === 'Patient');
  const units = (name: string): readonly string[] => {
    const news = patient?.elements[name];
    return news?.kind === 'entries' ? Object.keys(news.units) : [];
  };
  expect(units('identifier')).toEqual(['PID-3|H|MR', 'PID-3|CN|NI']);
  expect(units('telecom')).toEqual(['PID-13', 'PID-14']);
  expect(patient?.elements['birthDate']).toBeUndefined();
});

test('a snapshot names what the list segment holds, only on channels that declare it', () => {
  const from = message(
    'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A08|1|P|2.5',
    'EVN||20261121',
    'PID|1||P1^^^H^MR',
    'AL1|1|DA|PCN^青霉素',
  );
  const result = mapped(set, from, { ...CONTEXT, snapshots: ['AL1'] });
  const present = result.patches.filter(({ type }) => type === 'AllergyIntolerance').map(({ id }) => id);
  expect(result.snapshots).toEqual([expect.objectContaining({ type: 'AllergyIntolerance', present })]);
  expect(mapped(set, from).snapshots).toEqual([]);
});

test('an event without a mapping is a named failure', () => {
  expect(set.for(message('MSH|^~\\&|HIS|H|J|J|20261121||ADT^Z99|1|P|2.5'))).toMatchObject({
    ok: false,
    error: { code: 'mapping.unknown-event', at: { path: 'MSH-9' } },
  });
});

test('a number in PID-3 and in PID-19 is one identifier', () => {
  const { patches, unmapped } = adt(
    'A08',
    'PID|1||P1^^^H^MR~990000196803121014^^^CN^NI||||||||||||||||990000196803121014',
  );
  const news = patches.find(({ type }) => type === 'Patient')?.elements['identifier'];
  expect(news).toMatchObject({
    kind: 'entries',
    units: { 'PID-3|CN|NI': [{ value: '990000196803121014' }], 'PID-19': [] },
  });
  expect(unmapped).toEqual([]);
});
