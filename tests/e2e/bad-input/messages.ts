import { frameBytes } from '../../../src/hl7/mllp-frames.ts';
import { RawPeer } from '../channels-support.ts';
import { waitFor, type ChildEngine } from './engine.ts';

/** Name, number and phone of every patient of these tests: none of them may stand in a log line. */
const PRIVATE = ['测试', 'SECRET', '19900000', '990000'];

/** MSH of a message with that MSH-10. */
export const msh = (control: string, event = 'ADT^A08', charset = 'UNICODE UTF-8'): string =>
  `MSH|^~\\&|HIS|H1|JL|H1|20261121080000||${event}|${control}|P|2.5.1||||||${charset}\r`;

/** EVN and PID of a patient. */
export const pid = (number: string, name = '测试^一'): string =>
  `EVN||20261121080000\rPID|1||SECRET${number}^^^HOSP01^MR||${name}||19900101|F|||||19900000001\r`;

/** A message that is right. */
export const good = (control: string, number = control): string => `${msh(control)}${pid(number)}`;

/** Sends the frame of a message over a connection of its own and answers what came back. */
export async function exchange(port: number, text: string | Uint8Array, ms = 15_000): Promise<string> {
  const peer = await RawPeer.connect(port);
  try {
    await peer.write(frameBytes(typeof text === 'string' ? Buffer.from(text) : text));
    await waitFor('an answer', () => peer.frames.length > 0 || peer.ended, ms);
    return peer.frames[0] ?? 'closed';
  } finally {
    peer.socket.destroy();
  }
}

/** MSA-1, then code and place of ERR where there is one: `AE pipeline.key-field-missing PID-3`. */
export function verdict(ack: string): string {
  const code = /\rMSA[|#](\w\w)/.exec(ack)?.[1] ?? ack;
  const [, place = '', error = ''] = /\rERR\|\|([^|]*)\|(?:[^|]*\|){2}([a-z0-9.-]+)/.exec(ack) ?? [];
  const [segment = '', , field = ''] = place.split('^');
  const at = field === '' ? segment : `${segment}-${field}`;
  return [code, error, at].filter((part) => part !== '').join(' ');
}

let counter = 0;

/** The engine lives, and serves somebody else at once. */
export async function othersAreServed(engine: ChildEngine, channel = 'his'): Promise<boolean> {
  counter += 1;
  const control = `OTHER${counter}`;
  const answer = await exchange(engine.port(channel), good(control));
  return engine.isAlive && verdict(answer) === 'AA';
}

/** Lines of the log that hold something about a patient. */
export const leaks = ({ log }: ChildEngine): readonly string[] =>
  log.split('\n').filter((line) => PRIVATE.some((secret) => line.includes(secret)));
