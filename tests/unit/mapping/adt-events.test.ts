import { expect, test } from '@jest/globals';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

/** PV1 of an inpatient with every place that an event can speak of, and a discharge time. */
const PV1 = 'PV1|1|I|ASSIGNED|||PRIOR|||||TEMPORARY||||||||V990001|||||||||||||||||||||||PENDING||20261118|20261121';

/** The stay that one event makes of it: what was declared in MSH-9.3 does not count. */
function stayOf(event: string, declared = ''): Readonly<Record<string, unknown>> | undefined {
  const from = message(
    `MSH|^~\\&|HIS|H|J|J|20261121073000||ADT^${event}${declared}|1|P|2.5`,
    'EVN||20261121073000',
    'PID|1||P990001^^^H^MR||张伟',
    PV1,
  );
  return toResources(mapped(set, from)).find(({ resourceType }) => resourceType === 'Encounter');
}

const placesOf = (stay: Readonly<Record<string, unknown>> | undefined): readonly string[] => {
  const list = stay?.['location'] as readonly { location: { display: string }; status?: string }[];
  return list.map(({ location, status = 'none' }) => `${location.display.toLowerCase()} ${status}`);
};

// Events that say nothing of the state leave it to PV1-45: finished.
test.each<[event: string, status: string, at: string]>([
  ['A01', 'in-progress', 'active'],
  ['A02', 'in-progress', 'active'],
  ['A03', 'finished', 'completed'],
  ['A04', 'in-progress', 'active'],
  ['A05', 'planned', 'planned'],
  ['A06', 'in-progress', 'active'],
  ['A07', 'in-progress', 'active'],
  ['A08', 'finished', 'completed'],
  ['A09', 'in-progress', 'active'],
  ['A10', 'in-progress', 'active'],
  ['A11', 'cancelled', 'none'],
  ['A12', 'in-progress', 'active'],
  ['A13', 'in-progress', 'active'],
  ['A14', 'planned', 'planned'],
  ['A15', 'in-progress', 'active'],
  ['A16', 'in-progress', 'active'],
  ['A17', 'in-progress', 'active'],
  ['A21', 'onleave', 'completed'],
  ['A22', 'in-progress', 'active'],
  ['A23', 'entered-in-error', 'none'],
  ['A25', 'in-progress', 'active'],
  ['A26', 'in-progress', 'active'],
  ['A27', 'cancelled', 'none'],
  ['A28', 'finished', 'completed'],
  ['A31', 'finished', 'completed'],
  ['A32', 'in-progress', 'active'],
  ['A33', 'in-progress', 'active'],
  ['A38', 'cancelled', 'none'],
  ['A52', 'in-progress', 'active'],
  ['A53', 'onleave', 'completed'],
  ['A54', 'finished', 'completed'],
  ['A55', 'finished', 'completed'],
  ['A61', 'finished', 'completed'],
  ['A62', 'finished', 'completed'],
])('%s: the stay is %s, its place %s', (event, status, at) => {
  const stay = stayOf(event);
  expect(stay).toMatchObject({ status });
  expect(placesOf(stay)[0]).toBe(`assigned ${at}`);
});

test.each(['A13', 'A25'])('%s takes the discharge back: no end', (event) => {
  expect(stayOf(event)?.['period']).toEqual({ start: '2026-11-18' });
});

test('what is taken back or not yet so of a transfer is not shown as a place', () => {
  expect(placesOf(stayOf('A12'))).not.toContainEqual(expect.stringContaining('prior'));
  expect(placesOf(stayOf('A26'))).not.toContainEqual(expect.stringContaining('pending'));
  expect(placesOf(stayOf('A09'))).toContain('temporary planned');
});

test.each(['', '^ADT_A08', '^ADT_A01', '^XYZ_Z99'])('the event decides, whatever MSH-9.3 says: A03%s', (declared) => {
  expect(stayOf('A03', declared)).toMatchObject({ status: 'finished' });
});

test('version 2.1: the event stands in EVN-1 alone', () => {
  const from = message(
    'MSH|^~\\&|HIS|H|J|J|20261121073000||ADT|1|P|2.1',
    'EVN|A03|20261121073000',
    'PID|1||P990001^^^H^MR||张伟',
    'PV1|1|I|||||||||||||||||V990001',
  );
  const stay = toResources(mapped(set, from)).find(({ resourceType }) => resourceType === 'Encounter');
  expect(stay).toMatchObject({ status: 'finished', period: { end: '2026-11-21T07:30:00+08:00' } });
});
