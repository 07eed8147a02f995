import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Store } from '../../../src/store/port.ts';
import { sealStore } from '../../../src/store/sealing/index.ts';
import { testKeys } from '../../support/sealing-keys.ts';

const ID = '990000196803120018';
const PHONE = '13900001234';

const DOCUMENT = {
  _id: 's-1',
  schema: 'jingluo.patient/1',
  name: '测试甲',
  birthDate: '1968-03-12',
  changedAt: new Date(0),
  members: [
    {
      rec: 's-1',
      src: 'HIS',
      ids: [
        { t: 'MR', v: 'P1' },
        { t: '身份证', v: '99-PASS-1' },
        { t: 'XX', v: ID },
      ],
    },
  ],
  idNumber: { v: ID, type: '01', valid: true },
  insurance: { type: '城镇职工医保', no: { v: 'YB-771' } },
  phones: [
    { v: '010-00001111', use: 'home' },
    { v: PHONE, use: 'mobile', state: 'ok' },
  ],
  emails: [{ v: 'a@example.org' }],
  accounts: [{ kind: 'wechat', app: 'wx-main', v: 'oTest123', boundAt: new Date(5) }],
  address: { region: '110105', line: { v: '测试路1号' } },
  contacts: [
    { name: '测试乙', phone: { v: '021-00002222' }, guardian: false, p: [['HIS', 'RelatedPerson/1', '2025-12-01']] },
  ],
  from: {
    name: { rec: 's-1', differ: [{ rec: 's-2', v: '测试丙' }] },
    idNumber: { rec: 's-1', differ: [{ rec: 's-2', v: 'OLD-1' }] },
    'phones.0': { rec: 's-1', differ: [{ rec: 's-2', v: '022-1' }] },
  },
  alerts: [{ kind: 'note', text: `家属电话 ${PHONE}。` }],
  visits: { n: 1, list: [{ no: 'I20261118001', start: new Date(7) }] },
  marks: [{ c: 'hba1c', v: 9.1, on: '2026-11-18' }],
  keys: ['id:HIS|MR|P1', `id:HIS|身份证|99-PASS-1`, `idn:01|${ID}`, 'rec:s-1', `tel:${PHONE}`],
};

const SECRETS = [
  ID,
  PHONE,
  '99-PASS-1',
  'YB-771',
  '010-00001111',
  'a@example.org',
  'oTest123',
  '测试路1号',
  '021-00002222',
  'OLD-1',
  '022-1',
];

describe('sealing of patient documents', () => {
  let driver: Store;
  let store: Store;
  beforeAll(async () => {
    driver = openMemoryStore();
    store = await sealStore(driver, testKeys(1));
  });
  const raw = async (): Promise<Readonly<Record<string, unknown>>> => {
    await store.commit({ puts: [{ collection: 'patients', id: 's-1', body: DOCUMENT, keys: DOCUMENT.keys }] });
    return (await driver.get('patients', 's-1'))?.body as Readonly<Record<string, unknown>>;
  };

  test('no sealed value is left anywhere', async () => {
    const text = JSON.stringify(await raw());
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test('the rest stays queryable as it is', async () => {
    expect(await raw()).toMatchObject({
      name: '测试甲',
      birthDate: '1968-03-12',
      changedAt: new Date(0),
      members: [{ rec: 's-1', src: 'HIS', ids: [{ t: 'MR', v: 'P1' }, { t: '身份证' }, { t: 'XX' }] }],
      idNumber: { $s: expect.stringMatching(/^v1\.k1\./), h: expect.stringMatching(/^hm:/), type: '01', valid: true },
      phones: [{ use: 'home' }, { use: 'mobile', state: 'ok' }],
      accounts: [{ kind: 'wechat', app: 'wx-main', boundAt: new Date(5) }],
      address: { region: '110105', line: { $s: expect.stringMatching(/^v1\./) } },
      from: { name: { differ: [{ rec: 's-2', v: '测试丙' }] }, 'phones.0': { differ: [{ rec: 's-2' }] } },
      visits: { list: [{ no: 'I20261118001', start: new Date(7) }] },
      marks: [{ c: 'hba1c', v: 9.1, on: '2026-11-18' }],
    });
  });

  test('the hash beside a value is the one in the keys', async () => {
    const { idNumber, keys } = await raw();
    const hash = (idNumber as { h: string }).h.replace('hm:', '');
    expect(keys).toContain(`h:idn:01|${hash}`);
    expect(keys).toContain('id:HIS|MR|P1');
    expect(keys).toContain('rec:s-1');
  });

  test('a reader of the store gets the document as it was written, the order of its fields included', async () => {
    await raw();
    const body = (await store.get('patients', 's-1'))?.body;
    expect(body).toEqual(DOCUMENT);
    expect(JSON.stringify(body)).toBe(JSON.stringify(DOCUMENT));
    expect((await store.find('patients', { all: [`tel:${PHONE}`] })).rows).toHaveLength(1);
  });

  test('any document comes back', async () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.constantFrom(ID, PHONE, `x ${PHONE} y`, `+86 ${PHONE}`, 'v1.k1.abc'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      fc.constant(null),
      fc.boolean(),
      fc.date({ noInvalidDate: true }),
    );
    const name = fc.constantFrom('v', 't', 'phones', 'idNumber', 'address', 'line', 'from', 'differ', 'list', 'keys');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(
        name,
        fc.oneof({ maxDepth: 3 }, leaf, tie('tree'), fc.array(fc.oneof(leaf, tie('tree')), { maxLength: 3 })),
        {
          maxKeys: 4,
        },
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (document) => {
        const body = document as Readonly<Record<string, unknown>>;
        await store.commit({ puts: [{ collection: 'patients', id: 'any', body }] });
        const back = (await store.get('patients', 'any'))?.body;
        expect(back).toEqual(body);
        expect(JSON.stringify(back)).toBe(JSON.stringify(body));
        expect(JSON.stringify((await driver.get('patients', 'any'))?.body)).not.toContain(PHONE);
      }),
      { numRuns: 100 },
    );
  });
});
