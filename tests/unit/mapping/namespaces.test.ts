import { expect, test } from '@jest/globals';
import type { ResourcePatch } from '../../../src/fhir/patch.ts';
import { CONTEXT, loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

/** A message without MSH, and who sent it. */
interface Sent {
  readonly from: string;
  readonly event: string;
  readonly lines: readonly string[];
}

function patches({ from, event, lines }: Sent): readonly ResourcePatch[] {
  const header = `MSH|^~\\&|${from}|H|J|J|20261121||${event}|1|P|2.5`;
  return mapped(set, message(header, ...lines), { ...CONTEXT, source: from }).patches;
}

const PID = 'PID|1||P990001^^^H^MR||甲^测试';
const PV1 = 'PV1|1|I|W';

const adt = (from: string, pid: string, pv1 = PV1): Sent => ({ from, event: 'ADT^A01^ADT_A01', lines: [pid, pv1] });
const visit = (from: string, number: string): Sent => adt(from, PID, `PV1|1|I|W||||||||||||||||${number}`);
const order = (from: string, orc: string, obr: string): Sent => ({
  from,
  event: 'ORM^O01^ORM_O01',
  lines: [PID, `ORC|NW|${orc}`, `OBR|1|${obr}|CT^CT^L`],
});
const report = (from: string, obr: string): Sent => ({
  from,
  event: 'ORU^R01^ORU_R01',
  lines: [PID, `OBR|1|${obr}|CT^CT^L|||20261121080000`, 'OBX|1|NM|K^K^L||1|mmol/L|||||F'],
});
const specimen = (from: string, spm: string): Sent => ({
  from,
  event: 'ORU^R01^ORU_R01',
  lines: [PID, `OBR|1||F-${from}|CT^CT^L`, `SPM|1|${spm}||BLD`],
});
const document = (from: string, number: string): Sent => ({
  from,
  event: 'MDM^T02^MDM_T02',
  lines: [PID, 'PV1|1|I|W', `TXA|1|DS|TX|20261121||||||||${number}`, 'OBX|1|TX|x||text||||||F'],
});
const booking = (from: string, numbers: string): Sent => ({
  from,
  event: 'SIU^S12^SIU_S12',
  lines: [`SCH|${numbers}||||||||||20261122090000`, PID, 'RGS|1', 'AIS|1||CT^CT^L|20261122090000'],
});

test.each<readonly [string, string, Sent, Sent]>([
  ['PID-3 without authority of two systems', 'Patient', adt('HIS', 'PID|1||7'), adt('LIS', 'PID|1||7')],
  ['PID-3 of two authorities', 'Patient', adt('HIS', 'PID|1||7^^^A^MR'), adt('HIS', 'PID|1||7^^^B^MR')],
  ['PID-3 of two kinds', 'Patient', adt('HIS', 'PID|1||7^^^A^MR'), adt('HIS', 'PID|1||7^^^A^PT')],
  ['PID-2 without authority of two systems', 'Patient', adt('HIS', 'PID|1|7'), adt('PACS', 'PID|1|7')],
  ['visit numbers of two campuses', 'Encounter', visit('HIS', 'V1^^^NORTH'), visit('HIS', 'V1^^^SOUTH')],
  ['visit numbers without authority of two systems', 'Encounter', visit('HIS-N', 'V1'), visit('HIS-S', 'V1')],
  ['accession numbers of LIS and PACS', 'DiagnosticReport', report('LIS', '|A1'), report('PACS', '|A1')],
  ['accession numbers of two authorities', 'DiagnosticReport', report('IE', '|A1^LIS'), report('IE', '|A1^RIS')],
  ['a placer number and a filler number', 'DiagnosticReport', report('IE', 'A1|'), report('IE', '|A1')],
  ['the results of both', 'Observation', report('LIS', '|A1'), report('PACS', '|A1')],
  ['order numbers of two systems', 'ServiceRequest', order('HIS', 'O1', 'O1|'), order('EMR', 'O1', 'O1|')],
  ['a placer and a filler order number', 'ServiceRequest', order('HIS', 'O1|', 'O1|'), order('HIS', '|O1', '|O1')],
  ['specimen numbers of two laboratories', 'Specimen', specimen('LIS', 'S1'), specimen('MICRO', 'S1')],
  ['specimen numbers of placer and filler', 'Specimen', specimen('LIS', 'S1&H'), specimen('LIS', '^S1&H')],
  ['document numbers of two systems', 'DocumentReference', document('HIS', 'D1'), document('RIS', 'D1')],
  ['appointment numbers of two systems', 'Appointment', booking('HIS', 'B1'), booking('RIS', 'B1')],
  ['appointment numbers of placer and filler', 'Appointment', booking('RIS', 'B1'), booking('RIS', '|B1')],
])('%s never meet in one %s', (_, type, one, other) => {
  const ids = [one, other].map((sent) => patches(sent).flatMap((patch) => (patch.type === type ? [patch.id] : [])));
  const [first = [], second = []] = ids;
  expect(first.length).toBeGreaterThan(0);
  expect(second.length).toBeGreaterThan(0);
  expect(first.filter((id) => second.includes(id))).toEqual([]);
});

test.each<readonly [string, string, Sent, Sent]>([
  ['an order and its result', 'ServiceRequest', order('HIS', 'O1^HIS', 'O1^HIS|'), report('LIS', 'O1^HIS|A1^LIS')],
  ['a visit from two systems', 'Encounter', visit('HIS', 'V1^^^NORTH'), visit('LIS', 'V1^^^NORTH')],
])('%s meet where the number names its authority', (_, type, one, other) => {
  const [first, second] = [one, other].map((sent) => patches(sent).find((patch) => patch.type === type)?.id);
  expect(first).toBeDefined();
  expect(second).toBe(first);
});
