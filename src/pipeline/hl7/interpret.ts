import { err, ok } from '../../core/result.ts';
import { readHeader } from '../../hl7/header.ts';
import { readMessage } from '../../hl7/read-message.ts';
import { wordsOf } from '../../hl7/words.ts';
import type { MappingSet } from '../../mapping/contract.ts';
import { embeddedDocuments } from '../cda/embedded.ts';
import type { Interpreter } from '../interpreter.ts';
import { eventTime } from './event-time.ts';
import { readingOptions } from './examine.ts';
import { missingKeyFields } from './key-fields.ts';

/** Reads HL7 v2 messages by their mappings. */
export function hl7Interpreter(installation: string, mappings: () => MappingSet): Interpreter {
  return {
    contentType: 'application/hl7-v2',
    interpret({ id, bytes, message: known, receivedAt, channel }) {
      const read = known === undefined ? readMessage(bytes, readingOptions(channel)) : ok(known);
      if (!read.ok) return err(read.error);
      const message = read.value;
      const mapping = mappings().for(message, channel.site);
      if (!mapping.ok) return err(mapping.error);
      const header = readHeader(message);
      const [missing] = missingKeyFields(message, header);
      if (missing !== undefined) return err(missing);
      const time = eventTime(header, receivedAt, channel.zone);
      const result = mapping.value.run(message, {
        installation,
        messageId: id,
        channel: channel.name,
        source: channel.source,
        ids: channel.ids,
        zone: channel.zone,
        receivedAt,
        snapshots: channel.snapshots,
      });
      const { source, ids, zone } = channel;
      const held = embeddedDocuments(result, { installation, source, ids, zone, receivedAt });
      const { directives, snapshots, unknownCodes, mappingVersion, isRepeatable } = result;
      const patches = [...result.patches, ...held.patches];
      const unmapped = [...result.unmapped, ...held.unmapped];
      const warnings = [...message.warnings, ...time.warnings, ...result.warnings, ...held.warnings];
      const said = { patches, directives, snapshots, unmapped, unknownCodes, mappingVersion, isRepeatable };
      return ok({ ...said, at: time.at, warnings });
    },
    recognise({ message, receivedAt, channel }) {
      if (message === undefined || message.warnings.length > 0) return undefined;
      const mapping = mappings().for(message, channel.site);
      if (!mapping.ok) return undefined;
      const time = eventTime(readHeader(message), receivedAt, channel.zone);
      if (time.warnings.length > 0) return undefined;
      return { words: `${mapping.value.version}|${wordsOf(message)}`, at: time.at };
    },
  };
}
