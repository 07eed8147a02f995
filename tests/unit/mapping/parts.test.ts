import { expect, test } from '@jest/globals';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, mappingFiles, message } from './mapping-files.ts';

const shelf = mappingFiles().filter(({ path }) => path.startsWith('tables/'));

test('a part adds to an element that an earlier part sets', () => {
  const files = [
    { path: 'structures/EXA_E01.yaml', text: 'structure: EXA_E01\nparts: [MSH, PID]' },
    {
      path: 'base/parts/who.yaml',
      text: 'part: who\nresources:\n  patient: { type: Patient, from: PID, key: PID-3, set: { name: [PID-5] } }',
    },
    { path: 'base/parts/more.yaml', text: 'part: more\nresources:\n  patient: { set: { name+: [PID-9] } }' },
    { path: 'base/EXA_E01.yaml', text: 'map: EXA_E01\nevents: [E01]\ninclude: [who, more]' },
  ];
  const whole = message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.5', 'PID|||P990001||A^B||||C^D');
  const [patient] = toResources(mapped(loaded([...shelf, ...files]), whole));
  expect(patient).toMatchObject({ name: [{ family: 'A' }, { family: 'C' }] });
});
