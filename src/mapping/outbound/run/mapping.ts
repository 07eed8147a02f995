import { encodeText } from '../../../hl7/encode.ts';
import { writeMessage, type SegmentSpec } from '../../../hl7/write-message.ts';
import { headerFields } from '../compile/header.ts';
import type { MessageWriter } from '../compile/message.ts';
import type { OutboundContext, OutboundInput, OutboundMapping, OutboundMessage, OutboundResult } from '../contract.ts';
import type { Receiver } from '../convert/receiver.ts';
import { addressOf, pathOf, type Item } from './item.ts';
import { Pool } from './pool.ts';
import { Run } from './run.ts';

/** A compiled mapping of one message. */
interface Prepared {
  readonly name: string;
  readonly structure: string;
  readonly version: string;
  readonly writer: MessageWriter;
}

type Fields = SegmentSpec['fields'];

/** The header of the receiver, time and number of this message, and what the mapping itself says of MSH. */
function withHeader(segments: readonly SegmentSpec[], header: Fields, run: Run, id: string): readonly SegmentSpec[] {
  const { receiver, now } = run.setting;
  const own = { ...header, 7: receiver.moment(now), 10: id };
  return segments.map((segment) =>
    segment.name === 'MSH' ? { name: 'MSH', fields: { ...own, ...segment.fields } } : segment,
  );
}

function messageOf(about: Item, run: Run, segments: readonly SegmentSpec[]): OutboundMessage {
  const { receiver } = run.setting;
  const text = writeMessage(segments, receiver.separators);
  const encoded = encodeText(text, receiver.charset);
  const warnings = encoded.problem === undefined ? run.warnings : [...run.warnings, encoded.problem];
  const traced = run.trace === undefined ? {} : { trace: run.trace };
  return { about: pathOf(about), text, bytes: encoded.bytes, unsaid: run.account.unsaid(), warnings, ...traced };
}

/** The mapping as it is called: for one receiver. */
export function outboundMapping(prepared: Prepared, receiver: Receiver): OutboundMapping {
  const { name, structure, version, writer } = prepared;
  const header = headerFields(name, structure, receiver);
  return {
    name,
    version,
    run: (input: OutboundInput, context: OutboundContext): OutboundResult => {
      const pool = new Pool(input.entries);
      const past = input.before === undefined ? undefined : new Pool(input.before);
      const trace = context.trace === true;
      const setting = { receiver, now: context.now, structural: writer.structural, trace };
      const runs: Run[] = [];
      const messages = writer.about(new Run(pool, past, setting)).map((about) => {
        const run = new Run(pool, past, setting);
        runs.push(run);
        return messageOf(about, run, withHeader(writer.write(about, run), header, run, context.nextControlId()));
      });
      const unused = pool.all().filter((resource) => !runs.some(({ account }) => account.isUsed(resource)));
      return { messages, unused: unused.map(addressOf) };
    },
  };
}
