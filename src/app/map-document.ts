import { parseDocument, readDocument } from '../cda/read-document.ts';
import type { CdaContext } from '../cda/contract.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';
import type { MappingResult } from '../mapping/result.ts';
import { embeddedDocuments } from '../pipeline/cda/embedded.ts';
import { CDA_MAPPING } from '../pipeline/cda/interpret.ts';

/** Maps one clinical document as if it had been posted. */
export function mapDocument(bytes: Uint8Array, context: CdaContext): Result<MappingResult, Problem> {
  const document = parseDocument(bytes);
  const read = document.ok ? readDocument(document.value, bytes, context) : document;
  if (!read.ok) return read;
  const { patches, unmapped, warnings } = read.value;
  const nothing = { directives: [], snapshots: [], unknownCodes: [], isRepeatable: false };
  return ok({ ...nothing, patches, unmapped, warnings, mappingVersion: CDA_MAPPING });
}

/** What a message says together with the documents that it carries. */
export function withDocuments(result: MappingResult, context: CdaContext): MappingResult {
  const held = embeddedDocuments(result, context);
  if (held.patches.length === 0 && held.warnings.length === 0) return result;
  return {
    ...result,
    patches: [...result.patches, ...held.patches],
    unmapped: [...result.unmapped, ...held.unmapped],
    warnings: [...result.warnings, ...held.warnings],
  };
}
