import type { CdaContext, CdaSurroundings } from '../../cda/contract.ts';
import { parseDocument, readDocument } from '../../cda/read-document.ts';
import type { Problem } from '../../core/problem.ts';
import { isObject, listOf } from '../../fhir/json.ts';
import type { ResourcePatch } from '../../fhir/patch.ts';
import type { MappingResult, UnmappedField } from '../../mapping/result.ts';

/** Types that say XML; a sender may also name none, then the content tells. */
const XML = /(?:^|[/+])xml$/iu;
const OTHERS = new Set(['', 'application/octet-stream', 'text/plain', 'multipart/related']);

/** Bytes of the attachments of a DocumentReference that may be documents. */
function attachmentsOf({ type, elements }: ResourcePatch): readonly Uint8Array[] {
  const content = type === 'DocumentReference' ? elements['content'] : undefined;
  if (content === undefined || content.kind === 'delete') return [];
  const entries = content.kind === 'value' ? listOf(content.value) : Object.values(content.units).flat();
  return entries.flatMap((entry) => {
    const attachment = isObject(entry) ? entry['attachment'] : undefined;
    if (!isObject(attachment) || typeof attachment['data'] !== 'string') return [];
    const kind = typeof attachment['contentType'] === 'string' ? attachment['contentType'] : '';
    if (!XML.test(kind) && !OTHERS.has(kind)) return [];
    const bytes = Buffer.from(attachment['data'], 'base64');
    return bytes.subarray(0, 4096).includes('ClinicalDocument') ? [bytes] : [];
  });
}

function surroundings(patches: readonly ResourcePatch[]): CdaSurroundings | undefined {
  const patient = patches.find(({ type }) => type === 'Patient');
  const encounter = patches.find(({ type }) => type === 'Encounter');
  if (patient === undefined) return undefined;
  return encounter === undefined ? { patient } : { patient, encounter };
}

/** What the documents inside a message say beside what the message says. */
export interface Embedded {
  readonly patches: readonly ResourcePatch[];
  readonly unmapped: readonly UnmappedField[];
  readonly warnings: readonly Problem[];
}

/**
 * Reads the CDA documents that a message carries as attachments of its documents (MDM with ED). They are about the
 * patient and the stay of the message; one that cannot be read, or is about somebody else, stays an attachment with a
 * warning.
 */
export function embeddedDocuments(
  { patches }: Pick<MappingResult, 'patches'>,
  context: Omit<CdaContext, 'within'>,
): Embedded {
  const found = patches.some(({ type }) => type === 'DocumentReference') ? patches.flatMap(attachmentsOf) : [];
  const within = found.length === 0 ? undefined : surroundings(patches);
  if (within === undefined) return NONE;
  const read = found.map((bytes) => readEmbedded(bytes, { ...context, within }));
  return {
    patches: read.flatMap((one) => one.patches),
    unmapped: read.flatMap((one) => one.unmapped),
    warnings: read.flatMap((one) => one.warnings),
  };
}

const NONE: Embedded = { patches: [], unmapped: [], warnings: [] };

function readEmbedded(bytes: Uint8Array, context: CdaContext): Embedded {
  const document = parseDocument(bytes);
  const read = document.ok ? readDocument(document.value, bytes, context) : document;
  return read.ok ? read.value : { ...NONE, warnings: [read.error] };
}
