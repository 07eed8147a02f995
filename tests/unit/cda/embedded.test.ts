import { expect, test } from '@jest/globals';

import { embeddedDocuments } from '../../../src/pipeline/cda/embedded.ts';
import { CONTEXT as MAPPING, loaded, mapped, message } from '../mapping/mapping-files.ts';
import { CONTEXT, documentOf, fixture } from './reading.ts';

const set = loaded();

/** What an MDM^T02 says whose OBX carries these bytes. */
function within(bytes: Uint8Array, kind = 'text^xml', numbers = 'P990001^^^H^MR~990000196803121014^^^^NI') {
  const data = Buffer.from(bytes).toString('base64');
  const mdm = message(
    'MSH|^~\\&|EMR|H|J|J|20261121||MDM^T02|1|P|2.5',
    'EVN||20261121',
    `PID|1||${numbers}`,
    'PV1|1|I|||||||||||||||||V990001^^^H',
    'TXA|1|HP|||20261121||||||||D990001',
    `OBX|1|ED|HP||^${kind}^Base64^${data}||||||F`,
  );
  const result = mapped(set, mdm, { ...MAPPING, source: 'EMR' });
  return { result, found: embeddedDocuments(result, { ...CONTEXT }) };
}

test.each(['text^xml', 'application^hl7-cda+xml', 'application^octet-stream'])(
  'a document inside a message (%s) speaks of its patient and stay',
  (kind) => {
    const { result, found } = within(fixture('admission.xml'), kind);
    const types = found.patches.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['Composition', 'Condition', 'FamilyMemberHistory', 'Observation']));
    // The message itself tells of the patient, the stay and the document.
    expect(types.filter((type) => ['Patient', 'Encounter', 'DocumentReference'].includes(type))).toEqual([]);
    const condition = found.patches.find(({ type }) => type === 'Condition');
    const id = (type: string): string | undefined => result.patches.find((patch) => patch.type === type)?.id;
    expect(condition?.elements['subject']).toMatchObject({ value: { reference: `Patient/${id('Patient')}` } });
    expect(condition?.elements['encounter']).toMatchObject({ value: { reference: `Encounter/${id('Encounter')}` } });
    expect(found.warnings).toEqual([]);
  },
);

test.each([
  ['another identity number', 'P990001^^^H^MR~990000196803121022^^^^NI'],
  ['another record number', 'P990009^^^H^MR'],
])('a document about %s than the message is not taken apart', (_what, numbers) => {
  const { found } = within(fixture('admission.xml'), 'text^xml', numbers);
  expect(found.patches).toEqual([]);
  expect(found.warnings.map(({ code }) => code)).toEqual(['cda.other-patient']);
});

test.each([
  ['a document that breaks off', Buffer.from('<ClinicalDocument><id>'), ['cda.not-xml']],
  ['another file', Buffer.from('%PDF-1.7'), []],
  [
    'a document of no patient number',
    documentOf('<section><text>x</text></section>', '<id root="1.2.3.4.5.6" extension="D1"/>'),
    [],
  ],
])('%s stays an attachment', (_what, bytes, codes) => {
  const { found } = within(bytes);
  expect(found.warnings.map(({ code }) => code)).toEqual(codes);
});
