import { readYaml } from '../../config/yaml-document.ts';
import { toUtc } from '../../fhir/zone.ts';
import { encodeText } from '../../hl7/encode.ts';

/** A system that sends on the demo day. */
interface Feed {
  readonly channel: string;
  readonly application: string;
  readonly facility: string;
  /** MSH-18. */
  readonly charset: string;
  readonly version: string;
}

/** One row of the demo day. */
export interface DayMessage {
  readonly n: number;
  /** Wall time of sending, `HH:MM`. */
  readonly at: string;
  /** Wall time of the event where it differs: `HH:MM` or `YYYY-MM-DD HH:MM`. */
  readonly occurred?: string;
  readonly feed: string;
  readonly facility?: string;
  readonly event?: string;
  /** MSH-10; made of the number where absent. */
  readonly control?: string;
  /** MSH-11; `P` where absent. */
  readonly processing?: string;
  readonly segments?: string;
  /** Charset of the bytes where it is not the one that MSH-18 names. */
  readonly bytes?: string;
  /** Sends the bytes of another row again. */
  readonly resend?: number;
  /** Not HL7 at all. */
  readonly raw?: string;
  /** The connection ends before the frame does. */
  readonly cut?: boolean;
  /** Expected MSA-1; `AA` where absent. */
  readonly expect?: 'AA' | 'AE' | 'AR' | 'none';
  /** Staff member who confirms the alert that the message causes. */
  readonly acknowledge?: string;
  readonly shows: string;
}

/** The demo day as written in `config/demo/day.yaml`. */
export interface Day {
  readonly date: string;
  readonly timezone: string;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly messages: readonly DayMessage[];
}

/** Reads `day.yaml`; it comes with the product and is checked by the tests. */
export function readDay(text: string): Day {
  return readYaml('day.yaml', text, {}).value as Day;
}

/** The instant of a wall time of the day. */
export function instantOf(day: Day, wall: string): Date {
  const [date, time] = wall.includes(' ') ? wall.split(' ') : [day.date, wall];
  return new Date(toUtc(day.timezone, Date.parse(`${date ?? day.date}T${time ?? '00:00'}:00Z`)));
}

const stamp = (day: Day, wall: string): string => {
  const [date, time] = wall.includes(' ') ? wall.split(' ') : [day.date, wall];
  return `${(date ?? '').replaceAll('-', '')}${(time ?? '').replace(':', '')}00+0800`;
};

/** The bytes of a row as its feed sends them, without frame. */
export function bytesOf(day: Day, message: DayMessage): Uint8Array {
  if (message.raw !== undefined) return Buffer.from(message.raw, 'latin1');
  if (message.resend !== undefined) {
    const original = day.messages.find(({ n }) => n === message.resend);
    return original === undefined ? new Uint8Array() : bytesOf(day, original);
  }
  const feed = day.feeds[message.feed];
  if (feed === undefined) return new Uint8Array();
  return encodeText(textOf(day, message, feed), message.bytes ?? charsetOf(feed)).bytes;
}

const charsetOf = (feed: Feed): string => (feed.charset.startsWith('GB') ? 'gb18030' : 'utf-8');

function textOf(day: Day, message: DayMessage, feed: Feed): string {
  const control = message.control ?? `D${String(message.n).padStart(4, '0')}`;
  const facility = message.facility ?? feed.facility;
  const head = ['MSH', '^~\\&', feed.application, facility, 'JINGLUO', feed.facility, stamp(day, message.at), ''];
  const msh = [
    ...head,
    message.event ?? '',
    control,
    message.processing ?? 'P',
    feed.version,
    '',
    '',
    '',
    '',
    '',
    feed.charset,
  ];
  const evn = message.event?.startsWith('ADT') === true ? [`EVN||${stamp(day, message.occurred ?? message.at)}`] : [];
  const segments = (message.segments ?? '').split('\n').filter((line) => line !== '');
  const sent =
    message.event?.startsWith('ADT') === true || message.occurred === undefined
      ? msh
      : withTime(msh, stamp(day, message.occurred));
  return `${[sent.join('|'), ...evn, ...segments].join('\r')}\r`;
}

/** A message without EVN tells its event time in MSH-7. */
const withTime = (msh: readonly string[], time: string): readonly string[] =>
  msh.map((field, index) => (index === 6 ? time : field));
