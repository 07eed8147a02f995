import { randomInt } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HOME } from '../src/app/home.ts';
import type { StoreChoice } from './store-choice.ts';

/** One engine process: where it is configured and where it listens. */
export interface Node {
  readonly config: string;
  readonly data: string;
  readonly port: number;
  readonly http: number;
}

/** A hospital of its own: nodes over one store. */
export interface Site {
  readonly folder: string;
  readonly nodes: readonly Node[];
}

/**
 * Minutes from an admission to the timed step. Messages are dated {@link BEFORE_START_MS} before the run, so that it
 * falls due while the run goes on.
 */
const TIMED_STEP = 'PT3M';
/** How long before the start of a run its messages say that they happened. */
export const BEFORE_START_MS = 160_000;

/** Makes a site with `count` nodes: one channel, plans that speak to patients and staff, a phone that keeps it all. */
export async function makeSite(name: string, store: StoreChoice, count = 1): Promise<Site> {
  const folder = await mkdtemp(path.join(tmpdir(), `jingluo-${name}-`));
  const zone = noonZone();
  await writeKnowledge(folder, zone);
  const database = `prove_${name}_${process.pid}_${Date.now()}`;
  const nodes: Node[] = [];
  for (let n = 0; n < count; n += 1) {
    const [port, http] = await freePorts();
    const config = path.join(folder, `node-${n}.yaml`);
    await writeFile(config, configuration({ zone, store: store.of(database), port, http }));
    nodes.push({ config, data: path.join(folder, `data-${n}`), port, http });
  }
  return { folder, nodes };
}

/** Removes the files of a site. */
export async function removeSite({ folder }: Site): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function configuration(of: { zone: string; store: string; port: number; http: number }): string {
  return [
    `timezone: "${of.zone}"`,
    `store: ${of.store}`,
    'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
    `channels: [{ name: his, type: mllp, source: HIS, port: ${of.port} }]`,
    'senders: [{ name: phone, type: demo-phone }]',
    `http: { port: ${of.http}, auth: none }`,
    'folders: { plans: plans, templates: templates, directory: directory.yaml }',
  ].join('\n');
}

/** A zone where it is about noon now, so that no quiet hours hold anything. */
function noonZone(): string {
  const hours = 12 - new Date().getUTCHours();
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

/**
 * Two ports that are free, below those that systems give away by themselves: while an engine is down nobody else may be
 * given its port.
 */
async function freePorts(): Promise<readonly [number, number]> {
  const ports: number[] = [];
  while (ports.length < 2) {
    const port = randomInt(20_000, 32_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return [ports[0] ?? 0, ports[1] ?? 0];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(true);
    });
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

async function writeKnowledge(folder: string, zone: string): Promise<void> {
  await mkdir(path.join(folder, 'plans'));
  await mkdir(path.join(folder, 'templates'));
  // The plan of critical values and the texts to staff are those that the product ships; only what nobody acknowledges
  // goes further a day later, because runs take different times.
  const critical = await readFile(path.join(HOME, 'config', 'plans', 'critical.yaml'), 'utf8');
  await writeFile(path.join(folder, 'plans', 'critical.yaml'), critical.replaceAll('after: PT', 'after: P1DT'));
  await copyFile(path.join(HOME, 'config', 'templates', 'zh-CN.yaml'), path.join(folder, 'templates', 'zh-CN.yaml'));
  await writeFile(path.join(folder, 'plans', 'prove.yaml'), plan(zone));
  const template = '{ id: prove-welcome, version: 1.0.0, audience: patient, text: "welcome" }';
  await writeFile(path.join(folder, 'templates', 'prove.yaml'), `templates:\n  - ${template}\n`);
  await writeFile(path.join(folder, 'directory.yaml'), DIRECTORY);
}

const plan = (zone: string): string =>
  [
    'kind: FollowUpPlan',
    'id: prove',
    'version: 1.0.0',
    'title: Welcome and a timed word',
    'status: active',
    `timezone: "${zone}"`,
    'purpose: treatment',
    'enroll: { on: [encounter.admitted], when: "true", key: "%event.encounter.id" }',
    'anchors: { enrolled: { from: "%enrolment.start" } }',
    'steps:',
    '  - { id: welcome, on: [encounter.admitted], do: [{ type: message, to: patient, template: prove-welcome, channels: [sms] }] }',
    '  - { id: tell, on: [encounter.admitted], do: [{ type: task, to: follow-up-team, text: "new admission" }] }',
    `  - { id: timed, at: { anchor: enrolled, offset: ${TIMED_STEP}, late: send, enrolledLate: send-now }, do: [{ type: message, to: patient, template: prove-welcome, channels: [sms] }] }`,
  ].join('\n');

const DIRECTORY = `hospital: prove
policy: { perSecond: 1000 }
staff:
  - { id: T1, name: team, sms: "13900000001" }
  - { id: "1001", name: attending, wecom: doctor.1001, sms: "13900001001" }
roles: { follow-up-team: [T1], on-call: [T1], head-nurse: [T1], medical-affairs: [T1] }
`;
