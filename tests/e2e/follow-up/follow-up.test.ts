import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { main } from '../../../src/cli/main.ts';
import { jsonOf } from '../../../src/store/body.ts';
import { Clinic, operated, patient, potassium } from './clinic.ts';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.start();
  await clinic.put(patient('p1'), ...operated('p1', 'e1'), patient('p2'));
}, 60_000);

afterAll(() => clinic.stop());

/** Documents as a rebuild would make them: nothing is to be changed. */
async function expectRebuilt(): Promise<void> {
  expect((await clinic.run('rebuild', {})).at(-1)).toMatchObject({ changed: 0 });
}

describe('patient document', () => {
  test('shows enrolments, the next step and open tasks', async () => {
    expect(await clinic.section('p1')).toMatchObject({
      state: 'active',
      risk: 'none',
      nextDue: '2026-11-22T02:00:00.000Z',
      openTasks: 0,
      list: [{ plan: 'joint-replacement-postop', state: 'active', step: 'd3-medication', done: 0, of: 3, rec: 'p1' }],
    });
    await expectRebuilt();
  });

  test('has no such section where nobody was enrolled', async () => {
    expect(await clinic.section('p2')).toBeNull();
  });
});

describe('plan simulate', () => {
  test('shows what lies ahead of a patient on the plan', async () => {
    const lines = await clinic.run('plan.simulate', { plan: 'joint-replacement-postop', patient: 'p1' });
    expect(lines.map(({ step, due, decision, channel }) => [step, due, decision, channel])).toEqual([
      ['d3-medication', '2026-11-22T02:00:00.000Z', 'pass', 'sms'],
      ['d7-rehab', '2026-11-26T02:00:00.000Z', 'pass', 'sms'],
      ['m1-call', '2026-12-21T01:00:00.000Z', 'pass', undefined],
    ]);
    expect(String(lines[0]?.['text'])).toContain('术后第3天');
  });

  test('takes dates that the record does not give', async () => {
    const params = { plan: 'joint-replacement-postop', patient: 'p2', anchor: ['surgery=2026-11-20'] };
    const lines = await clinic.run('plan.simulate', params);
    expect(lines[0]).toMatchObject({ step: 'd3-medication', due: '2026-11-23T02:00:00.000Z' });
  });

  test('writes nothing', async () => {
    const before = (await clinic.occurrences()).length;
    await clinic.run('plan.simulate', {
      plan: 'joint-replacement-postop',
      patient: 'p2',
      anchor: ['surgery=2026-11-20'],
    });
    expect(await clinic.occurrences()).toHaveLength(before);
  });

  test('as a command of the running engine', async () => {
    const out: string[] = [];
    const where = ['--config', path.join(clinic.folder, 'jingluo.yaml'), '--data', path.join(clinic.folder, 'data')];
    const argv = ['node', 'jingluo', 'plan', 'simulate', 'joint-replacement-postop', '--patient', 'p1', ...where];
    const code = await main(argv, { out: (text) => out.push(text), err: (text) => out.push(text) });
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^2026-11-22T02:00:00.000Z {2}d3-medication#1 {2}message {2}pass {2}sms {2}.*术后第3天/);
    out.length = 0;
    await main(['node', 'jingluo', 'work', ...where], { out: (text) => out.push(text), err: (text) => out.push(text) });
    expect(out.some((line) => line.startsWith('occurrence') && line.includes('m1-call'))).toBe(true);
  });
});

describe('callbacks of a gateway', () => {
  test('what is not signed changes nothing', async () => {
    await clinic.advanceTo('2026-11-22T10:00:00+08:00');
    const [sent] = clinic.gateway.got.filter(({ to }) => to === '19900000001');
    const reply = { kind: 'reply', from: sent?.to, text: 'TD', id: 'evil' };
    expect((await clinic.push(reply, 'another-secret-another')).status).toBe(401);
    expect((await clinic.push(reply, undefined, 'nobody')).status).toBe(401);
    expect(await clinic.search('Consent?patient=p1')).toEqual([]);
  });

  test('a receipt is kept with the attempt', async () => {
    const [sent] = clinic.gateway.got;
    const pushed = await clinic.push([{ kind: 'receipt', attempt: sent?.id, delivered: true }]);
    expect(pushed).toEqual({ status: 200, body: { taken: 1, problems: [] } });
    const row = await clinic.running.engine.store.get('attempts', sent?.id ?? '');
    expect(jsonOf(row ?? { body: '{}' })).toMatchObject({ delivered: true, state: 'accepted' });
  });

  test('a reply is classified, makes work and shows in the document, once however often it is pushed', async () => {
    const [sent] = clinic.gateway.got;
    const reply = { kind: 'reply', from: sent?.to, text: '伤口疼痛加剧,胸闷喘不上气', id: 'r-1' };
    await clinic.push([reply]);
    expect((await clinic.push([reply])).status).toBe(200);
    const received = await clinic.search('Communication?received:missing=false&subject=p1');
    expect(received.length).toBeLessThanOrEqual(1);
    const replies = (await clinic.occurrences()).filter(({ kind }) => kind === 'reply');
    expect(replies).toHaveLength(1);
    expect(await clinic.section('p1')).toMatchObject({ risk: 'high' });
    await expectRebuilt();
  });

  test('of a reply from nobody the gateway is told, and it is not asked to push it again', async () => {
    const pushed = await clinic.push([{ kind: 'reply', from: '19900009999', text: '好', id: 'r-2' }]);
    expect(pushed.status).toBe(200);
    expect(JSON.stringify(pushed.body)).toContain('trigger.occurrence-unknown');
  });
});

describe('work list', () => {
  test('an alert is on it until somebody has seen it', async () => {
    await clinic.put(patient('p3'), potassium('p3', 'k1', 6.8));
    const open = await clinic.run('work.list', { patient: 'p3' });
    const task = open.find(({ kind }) => kind === 'task');
    expect(task).toMatchObject({ priority: 'stat', patient: 'p3' });
    expect(open.some(({ of }) => of === 'escalation')).toBe(true);
    expect(await clinic.section('p3')).toMatchObject({ openTasks: 1 });
    await clinic.run('work.acknowledge', { id: task?.['id'], by: '1013' });
    expect(await clinic.run('work.list', { patient: 'p3' })).toEqual([]);
    expect(await clinic.section('p3')).toMatchObject({ openTasks: 0 });
    await expectRebuilt();
  });

  test('an acknowledgement may come from the gateway', async () => {
    await clinic.put(potassium('p3', 'k2', 7.1));
    const sent = clinic.gateway.got.at(-1);
    const pushed = await clinic.push({ kind: 'acknowledged', attempt: sent?.id, by: '1013' });
    expect(pushed.body).toEqual({ taken: 1, problems: [] });
    expect(await clinic.run('work.list', { patient: 'p3' })).toEqual([]);
  });

  test('a Task that a nurse closes at the endpoint is counted no more', async () => {
    await clinic.put(potassium('p3', 'k3', 7.2));
    const tasks = await clinic.search('Task?patient=p3&status=requested');
    expect(tasks).toHaveLength(1);
    expect(await clinic.section('p3')).toMatchObject({ openTasks: 1 });
    await clinic.put(...tasks.map((task) => ({ ...task, status: 'completed' })));
    expect(await clinic.section('p3')).toMatchObject({ openTasks: 0 });
    await expectRebuilt();
  });

  test('an unknown alert is named', async () => {
    await expect(clinic.run('work.acknowledge', { id: 'Task/none', by: 'x' })).rejects.toMatchObject({
      problem: { code: 'trigger.occurrence-unknown' },
    });
  });
});

describe('load of history', () => {
  test('running care goes on; nobody is told what is over, and no staff is alerted', async () => {
    const sent = clinic.gateway.got.length;
    const file = path.join(clinic.folder, 'history.json');
    const resources = [patient('p7'), ...operated('p7', 'e7', '2026-11-18').slice(1), potassium('p7', 'k7', 6.9)];
    const entry = resources.map((resource) => ({ resource }));
    await writeFile(file, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
    expect((await clinic.run('load', { files: [file] })).at(-1)).toMatchObject({ failed: 0 });
    await clinic.running.settle();
    expect(clinic.gateway.got).toHaveLength(sent);
    expect((await clinic.run('work.list', { patient: 'p7' })).map(({ step }) => step)).toEqual(['d7-rehab', 'm1-call']);
    expect(await clinic.section('p7')).toMatchObject({ openTasks: 0, nextDue: '2026-11-25T02:00:00.000Z' });
    const skipped = (await clinic.occurrences()).filter(({ rec, code }) => rec === 'p7' && code === 'backfill');
    expect(skipped.map(({ step }) => step).sort()).toEqual(['d3-medication', 'notify']);
    await clinic.advanceTo('2026-11-25T10:00:00+08:00');
    expect(clinic.gateway.got.filter(({ to }) => to === '19900000007')).toHaveLength(1);
    await expectRebuilt();
  });
});
