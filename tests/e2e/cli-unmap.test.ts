import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jingluo, jingluoJson } from './cli-support.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);

const patient = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ value: '990001' }],
  name: [{ text: '买买提·艾力' }],
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-unmap-'));
  await writeFile(at('now.json'), JSON.stringify(patient));
  await writeFile(at('before.json'), JSON.stringify({ ...patient, birthDate: '1990-03-07', photo: [{ title: 'x' }] }));
  await writeFile(at('his.yaml'), 'receivingApplication: HIS\ncharset: GB 18030-2000\n');
  await writeFile(at('wrong.yaml'), 'charset: KLINGON\ndelimiters: "|||||"\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('jingluo unmap', () => {
  test('prints a message line by line', async () => {
    const { code, out } = await jingluo('unmap', at('now.json'), '--send', 'ADT_A08', '--before', at('before.json'));
    expect(code).toBe(0);
    expect(out.split('\n')[2]).toBe('PID|1||990001||买买提·艾力||""');
  });

  test('a site that is not there is an error', async () => {
    const { code, err } = await jingluo('unmap', at('now.json'), '--send', 'ADT_A08', '--site', 'nowhere');
    expect([code, err]).toEqual([1, expect.stringContaining('there is no site "nowhere"')]);
  });

  test('writes a file in the charset of the receiver', async () => {
    const options = ['--settings', at('his.yaml'), '--out', at('out')];
    expect((await jingluo('unmap', at('now.json'), '--send', 'ADT_A08', ...options)).code).toBe(0);
    const text = new TextDecoder('gb18030', { fatal: true }).decode(await readFile(at('out/now.hl7')));
    expect(text).toMatch(/^MSH\|\^~\\&\|JINGLUO\|\|HIS\|.*\|GB 18030-2000\r/u);
    expect(text).toContain('买买提·艾力');
  });

  test('says what the message does not say, and why each value stands where it does', async () => {
    const { err, out } = await jingluo('unmap', at('before.json'), '--send', 'ADT_A08', '--unsaid', '--explain');
    expect(err).toContain('Patient/p.photo[0].title is not said (not-mapped)');
    expect(out).toMatch(/PID-7 {2}Patient\/p\.birthDate {2}outbound\/parts\/patient\.yaml:\d+:\d+/u);
    const [line] = await jingluoJson('unmap', at('before.json'), '--send', 'ADT_A08');
    expect(line).toMatchObject({ about: 'Patient/p', unsaid: [{ path: 'Patient/p.photo[0].title' }] });
  });

  test.each([
    ['wrong settings, all of them', ['--send', 'ADT_A08', '--settings', 'wrong.yaml'], /delimiters.*\n.*charset/u],
    ['a message without a mapping', ['--send', 'ADT_A80'], /did you mean "ADT_A08"/u],
    ['nothing that the message is about', ['--send', 'ORU_R01'], /holds nothing that ORU_R01 is about/u],
  ])('%s', async (_name, argv, expected) => {
    const options = argv.map((one) => (one.endsWith('.yaml') ? at(one) : one));
    const { code, err } = await jingluo('unmap', at('now.json'), ...options);
    expect(code).not.toBe(0);
    expect(err).toMatch(expected);
  });
});
