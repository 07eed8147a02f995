import type { CdaContext } from '../../cda/contract.ts';
import { parseDocument, readDocument } from '../../cda/read-document.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { ok } from '../../core/result.ts';
import type { Interpreter } from '../interpreter.ts';
import { CDA } from './examine.ts';

/** Version of the way from CDA to news, as a mapping's is its hash. */
export const CDA_MAPPING = 'cda-r2';

/** Later than this after receipt, a time is taken for a wrong clock. */
const TOLERANCE_MS = 10 * 60_000;

/** Reads clinical documents that were posted as such. */
export function cdaInterpreter(installation: string): Interpreter {
  return {
    contentType: CDA,
    interpret({ bytes, receivedAt, channel }) {
      const document = parseDocument(bytes);
      if (!document.ok) return document;
      const { source, ids, zone } = channel;
      const context: CdaContext = { installation, source, ids, zone, receivedAt };
      const read = readDocument(document.value, bytes, context);
      if (!read.ok) return read;
      const { patches, unmapped, warnings, writtenAt } = read.value;
      const { at, ahead } = newsTime(writtenAt, receivedAt);
      return ok({
        at,
        patches,
        directives: [],
        snapshots: [],
        unmapped,
        warnings: [...warnings, ...ahead],
        mappingVersion: CDA_MAPPING,
      });
    },
  };
}

/** News of a document are of when it was written (DESIGN: news order), clamped to receipt. */
function newsTime(
  writtenAt: string | undefined,
  receivedAt: Date,
): { readonly at: Date; readonly ahead: readonly Problem[] } {
  const ms = writtenAt === undefined ? receivedAt.getTime() : Date.parse(writtenAt);
  if (ms <= receivedAt.getTime() + TOLERANCE_MS) return { at: new Date(ms), ahead: [] };
  const path = 'ClinicalDocument/effectiveTime';
  const text = `${path} lies more than 10 minutes after receipt.`;
  return { at: receivedAt, ahead: [problem('pipeline.event-time-ahead', text, { path })] };
}
