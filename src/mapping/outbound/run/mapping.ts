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

function withHeader(
  segments: readonly SegmentSpec[],
  { name, structure }: Prepared,
  receiver: Receiver,
  context: OutboundContext,
): readonly SegmentSpec[] {
  const [code = '', trigger = ''] = name.split('_');
  const facts = { code, trigger, structure, controlId: context.nextControlId() };
  const fields = headerFields(facts, receiver, context.now);
  return segments.map((segment) =>
    segment.name === 'MSH' ? { name: 'MSH', fields: { ...fields, ...segment.fields } } : segment,
  );
}

function messageOf(about: Item, run: Run, prepared: Prepared, context: OutboundContext): OutboundMessage {
  const { receiver } = run.setting;
  const segments = withHeader(prepared.writer.write(about, run), prepared, receiver, context);
  const text = writeMessage(segments, receiver.separators);
  const encoded = encodeText(text, receiver.charset);
  const warnings = encoded.problem === undefined ? run.warnings : [...run.warnings, encoded.problem];
  return { about: pathOf(about), text, bytes: encoded.bytes, unsaid: run.account.unsaid(), warnings };
}

/** The mapping as it is called: for one receiver. */
export function outboundMapping(prepared: Prepared, receiver: Receiver): OutboundMapping {
  const { name, version, writer } = prepared;
  return {
    name,
    version,
    run: (input: OutboundInput, context: OutboundContext): OutboundResult => {
      const pool = new Pool(input.entries);
      const past = input.before === undefined ? undefined : new Pool(input.before);
      const setting = { receiver, now: context.now, structural: writer.structural };
      const runs: Run[] = [];
      const messages = writer.about(new Run(pool, past, setting)).map((about) => {
        const run = new Run(pool, past, setting);
        runs.push(run);
        return messageOf(about, run, prepared, context);
      });
      const unused = pool.all().filter((resource) => !runs.some(({ account }) => account.isUsed(resource)));
      return { messages, unused: unused.map(addressOf) };
    },
  };
}
