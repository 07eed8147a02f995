import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { isObject } from '../../../src/fhir/json.ts';
import { validate } from '../../../src/fhir/validate/validate.ts';
import { eventsOf } from '../../../src/hl7/events.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { CONTEXT, loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

/** One of each segment that an ADT event may have, filled; what an event has no place for is among them. */
const SEGMENTS = [
  'PID|1|E990001|P990001^^^H&1.2.156.112&ISO^MR~990000196803121014^^^CN^NI|A1|张^伟~Zhang^Wei^^^^^L^P|李||1968-03-12|M|||路1号^^市^省^100000^CN^H||13900000001|01012345678|zh|M|BUD|A990001^^^H^AN|||P990009^^^H^MR|HA|测试市|N|1|CN|||20261121|N|||20261120|H',
  'PD1||||0213^王建国|||||N',
  'ROL|R1|AD|PP^Primary^HL70443|0213^王建国|20261101',
  'MRG|T990001^^^H&1.2.156.112&ISO^MR||A990002^^^H^AN||V990002^^^H^VN|V990003|旧^名',
  'NK1|1|李梅|SPO|路2号|13900000002||C|20200101|20301231',
  'PV1|1|I|骨科^101^1^A^^^B^3|R|PRE1|骨科^102^1|0213^王建国|0214^李敏|0215^赵强|SUR||骨科^T^1|||7|A0|V1|0216^孙丽|IN|V990001^^^H^VN|SP||||||||||||||01|D^20261121|DIET|A|O|||骨科^P^1|骨科^Q^1|20261118|20261121|||||W990001^^^H|||EP1',
  'PV2|骨科^X^1|P|REASON^膝痛|T|||U|20261117|20261122|4|3|说明|0217^周强||||||||||N||||1',
  'ROL|R2|AD|AT^Attending^HL70443|0214^李敏',
  'DB1|1|PT|D990001|Y|20200101',
  'OBX|1|NM|8867-4^心率^LN||72|/min|60-100|N|||F|||20261121',
  'AL1|1|DA|PCN^青霉素|SV|皮疹|20200101',
  'IAM|1|FA|EGG^鸡蛋|MO|呕吐|A|I990001||AL||20200102',
  'DG1|1||M17.100^膝关节病^I10|膝关节病|20261118|A|||||||||1|0213^王建国',
  'PR1|1||81.54^全膝置换^I9C|全膝置换|20261119|A|||||0213^王建国',
  'GT1|1||李^梅|||13900000002|||F|SPO',
  'IN1|1|YB^医保|C990001|测试医保局|||||G1||||20260101|20261231||1|张^伟|SEL|19680312||||||||||||||||||990001',
  'ACC|20261110|AUTO|路口',
  'PDA|M17|骨科^101^1|N',
];

const EVENTS = eventsOf('A01-A18 A20-A55 A60-A62');

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const { reference } = value;
  return [...(typeof reference === 'string' ? [reference] : []), ...Object.values(value).flatMap(referencesIn)];
}

test.each(EVENTS)('%s: what comes of it is valid, and each reference leads to something in it', (event) => {
  const head = `MSH|^~\\&|HIS|H^1.2.156.112^ISO|J|J|20261121073000||ADT^${event}|1|P|2.5`;
  const from = message(
    head,
    'SFT|厂商|1|产品|2',
    `EVN|${event}|20261121|20261122|01|0213^王建国|20261121`,
    ...SEGMENTS,
  );
  const all = toResources(mapped(set, from, { ...CONTEXT, envelope: true, snapshots: ['AL1', 'DG1', 'IN1'] }));
  const faults = all.flatMap((resource) => validate(resource).map(({ problem }) => formatProblem(problem)));
  expect(faults).toEqual([]);
  const known = new Set(all.map((resource) => `${resource.resourceType}/${String(resource['id'])}`));
  const lost = referencesIn(all).filter((reference) => !reference.startsWith('#') && !known.has(reference));
  expect(lost).toEqual([]);
});
