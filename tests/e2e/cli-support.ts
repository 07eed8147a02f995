import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { main } from '../../src/cli/main.ts';

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function jingluo(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await main(['node', 'jingluo', ...argv], {
    out: (text) => {
      terminal.out(text);
    },
    err: (text) => {
      terminal.err(text);
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Runs a command with `--json`, one value a line. */
export async function jingluoJson(...argv: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { out } = await jingluo(...argv, '--json');
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** A small site: one MLLP channel on any free port. */
export async function writeSite(folder: string): Promise<string> {
  const file = path.join(folder, 'jingluo.yaml');
  await writeFile(
    file,
    [
      'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
      'channels: [{ name: his, type: mllp, source: HIS, port: 0 }]',
      'senders: [{ name: phone, type: demo-phone }]',
      'http: { port: 0, auth: none }',
    ].join('\n'),
  );
  return file;
}

/** An ADT message about a synthetic patient. */
export function adt(
  control: string,
  number: string,
  more: { readonly event?: string; readonly name?: string } = {},
): string {
  const event = more.event ?? 'ADT^A28^ADT_A05';
  return [
    `MSH|^~\\&|HIS|HOSP01|JINGLUO|HOSP01|20261121080000+0800||${event}|${control}|P|2.5.1||||||UNICODE UTF-8`,
    'EVN||20261121080000+0800',
    `PID|1||${number}^^^HOSP01^MR||${more.name ?? '测试甲'}||19800101|M|||||19900001234^PRN^CP|||||||||||||||||||Z`,
    '',
  ].join('\r');
}
