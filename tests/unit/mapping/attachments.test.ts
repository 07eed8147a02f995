import { expect, test } from '@jest/globals';

import { loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

/** Codes of the warnings, and whether the data arrived as it was. */
function embedded(data: string): { readonly codes: readonly string[]; readonly whole: boolean } {
  const sent = message(
    'MSH|^~\\&|RIS|H|J|J|20261121||ORU^R01^ORU_R01|1|P|2.5.1',
    'PID|1||P990001^^^H^MR',
    'OBR|1|A|F|CT',
    `OBX|1|ED|CT^x||^application^pdf^Base64^${data}||||||F`,
  );
  const { warnings, patches } = mapped(set, sent);
  return { codes: warnings.map(({ code }) => code), whole: JSON.stringify(patches).includes(`"${data}"`) };
}

test('embedded data of nine megabytes arrives whole', () => {
  expect(embedded('QUJD'.repeat(2_250_000))).toEqual({ codes: [], whole: true });
});

test.each(['QUJDQUJD', 'QUJDQUI=', 'QUJDQQ=='])('base64 is taken: %s', (data) => {
  expect(embedded(data)).toEqual({ codes: [], whole: true });
});

test.each(['QUJDQ===', 'QU=JDQUI', 'QUJD%QUI', 'QUJD=Q=='])('what is not base64 is warned about: %s', (data) => {
  expect(embedded(data).codes).not.toEqual([]);
});
