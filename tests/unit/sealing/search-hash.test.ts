import { describe, expect, test } from '@jest/globals';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import { SearchHash } from '../../../src/store/sealing/search-hash.ts';
import { sealStore } from '../../../src/store/sealing/index.ts';
import { testKeys } from '../../support/sealing-keys.ts';

const hash = new SearchHash(Buffer.alloc(32, 7));
const h = (value: string): string => hash.digest(value);
const ID = '990000196803120018';

describe('search keys under sealing', () => {
  test.each([
    [`idn:01|${ID}`, `h:idn:01|${h(ID)}`],
    ['tel:13900001234', `h:tel:${h('13900001234')}`],
    ['tel:', `h:tel:${h('')}`],
    ['id:HIS|身份证|A|B', `h:id:HIS|身份证|A|${h('B')}`],
    ['id:HIS|MR|P1', 'id:HIS|MR|P1'],
    ['Patient\u0001identifier\u0001urn:x\u0001P1', `Patient\u0001identifier\u0001urn:x\u0001h:${h('P1')}`],
    ['Patient\u0001identifier\u0001\u0001P1', `Patient\u0001identifier\u0001\u0001h:${h('P1')}`],
    ['Patient\u0001identifier\u0001urn:x\u0001', 'Patient\u0001identifier\u0001urn:x\u0001'],
    [
      'RelatedPerson\u0001phone\u0001phone\u000113900001234',
      `RelatedPerson\u0001phone\u0001phone\u0001h:${h('13900001234')}`,
    ],
    ['Patient\u0001gender\u0001\u0001male', 'Patient\u0001gender\u0001\u0001male'],
    [`num:["HIS","X","${ID}"]`, `h:${h(`num:["HIS","X","${ID}"]`)}`],
    [
      '@\u000113900001-1234-5678-9abc-139000012345\u0001Observation',
      '@\u000113900001-1234-5678-9abc-139000012345\u0001Observation',
    ],
    ['pyb:zhangsan|1968-03-12', 'pyb:zhangsan|1968-03-12'],
  ])('%j is stored as %j', (key, stored) => {
    expect(hash.sealKey(key)).toBe(stored);
  });

  test('a name is found by its beginning, a number only as a whole', async () => {
    const store = await sealStore(openMemoryStore(), testKeys(1));
    const ordered = ['Patient\u0001name\u0001zhangsan', 'Patient\u0001address\u0001call 13900001234'];
    await store.commit({ puts: [{ collection: 'resources', id: 'Patient/1', body: '{}', ordered }] });
    const count = (prefix: string): Promise<number> => store.count('resources', { prefix: [[prefix]] });
    expect(await count('Patient\u0001name\u0001zhang')).toBe(1);
    expect(await count('Patient\u0001address\u0001call 13900001234')).toBe(1);
    expect(await count('Patient\u0001address\u0001call')).toBe(0);
  });

  test('an ID number is refused as a row id, wherever it stands in it', async () => {
    const store = await sealStore(openMemoryStore(), testKeys(1));
    const commit = (id: string) => store.commit({ puts: [{ collection: 'aliases', id, body: '{}' }] });
    await expect(commit('Patient/990000199003070013')).rejects.toThrow('store.sensitive-id');
    expect((await commit('Patient/990000199003070014')).ok).toBe(true);
  });
});
