import { readFile } from 'node:fs/promises';

import { JingluoError, problem } from '../../core/problem.ts';
import { splitBatch } from '../../hl7/batch.ts';
import { admission, results, update } from './messages.ts';

/** Messages to send: groups that each go over one connection in order. */
export interface Workload {
  /** What they are, for people. */
  readonly name: string;
  /** The next messages, `count` at least: no two of all calls are re-sends of each other. */
  next(count: number): readonly (readonly Uint8Array[])[];
}

/** Every patient is new: admission, an update with news, one without, two orders of twelve results. */
export function syntheticWorkload(): Workload {
  let patient = 0;
  return {
    name: 'synthetic: for each new patient one ADT^A01, two A08 and two ORU of 12 results',
    next: (count) =>
      Array.from({ length: Math.ceil(count / 5) }, () => {
        const n = patient;
        patient += 1;
        return [admission(n), update(n, 0), update(n, 1), results(n, 0), results(n, 1)];
      }),
  };
}

/** The messages of files, again and again, each time with another MSH-10; the messages of one file stay in order. */
export async function filesWorkload(files: readonly string[]): Promise<Workload> {
  const all = await Promise.all(files.map(async (file) => splitBatch(await readFile(file))));
  const groups = all.filter((messages) => messages.length > 0);
  const total = groups.reduce((sum, messages) => sum + messages.length, 0);
  if (total === 0) throw new JingluoError(problem('operation.file', 'The files hold no messages.'));
  let turn = 0;
  return {
    name: `${total} messages of ${files.length} files, again and again under new MSH-10`,
    next: (count) => {
      const taken: (readonly Uint8Array[])[] = [];
      for (let messages = 0; messages < count; turn += 1) {
        const mark = `-${turn}`;
        const group = (groups[turn % groups.length] ?? []).map((bytes) => withControlId(bytes, mark));
        taken.push(group);
        messages += group.length;
      }
      return taken;
    },
  };
}

/** MSH-10 with a mark behind it. Fields are found in the bytes: what stands before MSH-10 has no bytes like separators. */
export function withControlId(bytes: Uint8Array, mark: string): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = text.indexOf('MSH');
  const separator = text[start + 3];
  if (start < 0 || separator === undefined) return bytes;
  const end = text.indexOf('\r', start);
  let at = start + 3;
  for (let field = 1; field < 10; field += 1) {
    at = text.indexOf(separator, at + 1);
    if (at < 0 || (end >= 0 && at > end)) return bytes;
  }
  return Buffer.concat([text.subarray(0, at), Buffer.from(mark, 'latin1'), text.subarray(at)]);
}
