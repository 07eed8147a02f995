import { readFile } from 'node:fs/promises';

import { MllpClient } from '../channels/builtins.ts';
import { splitBatch } from '../hl7/batch.ts';
import { readMessage } from '../hl7/read-message.ts';

/** Where messages are sent to. */
export interface SendTarget {
  readonly host: string;
  readonly port: number;
  /** Trusts this PEM authority and speaks TLS. */
  readonly ca?: string;
}

/** The answer to one message. */
export interface SentMessage {
  readonly file: string;
  readonly index: number;
  /** MSA-1; `none` where the answer could not be read. */
  readonly code: string;
  /** The acknowledgement, one segment a line. */
  readonly text: string;
  readonly milliseconds: number;
}

/** Sends every message of the files over one MLLP connection, one after the other, and yields the answers. */
export async function* sendFiles(files: readonly string[], target: SendTarget): AsyncIterable<SentMessage> {
  const { host, port, ca } = target;
  const client = await MllpClient.connect({ host, port, ...(ca === undefined ? {} : { tls: { ca } }) });
  try {
    for (const file of files) {
      const messages = splitBatch(await readFile(file));
      for (const [at, bytes] of messages.entries()) {
        const began = performance.now();
        const ack = await client.send(bytes);
        const milliseconds = Math.round((performance.now() - began) * 10) / 10;
        yield { file, index: at + 1, milliseconds, ...readAnswer(ack) };
      }
    }
  } finally {
    await client.close();
  }
}

function readAnswer(bytes: Uint8Array): { readonly code: string; readonly text: string } {
  const read = readMessage(bytes);
  if (!read.ok) return { code: 'none', text: '' };
  const code = read.value.first('MSA')?.value(1) ?? 'none';
  return { code, text: read.value.segments.map((segment) => segment.text).join('\n') };
}
