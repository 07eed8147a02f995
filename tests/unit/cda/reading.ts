import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { CdaContext, CdaResult } from '../../../src/cda/contract.ts';
import { parseDocument, readDocument } from '../../../src/cda/read-document.ts';
import type { ProblemCode } from '../../../src/core/problem.ts';
import { ok, type Result } from '../../../src/core/result.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';

/** A hospital whose document system speaks of the numbers of its HIS. */
export const CONTEXT: CdaContext = {
  installation: '00000000-0000-4000-8000-000000000000',
  source: 'EMR',
  ids: { MR: 'H', VN: 'H' },
  zone: '+08:00',
  receivedAt: new Date(0),
};

export const fixture = (name: string): Uint8Array => readFileSync(path.join(import.meta.dirname, name));

/** Code of the failure, or what the document says. */
export function read(bytes: Uint8Array, context = CONTEXT): Result<CdaResult, ProblemCode> {
  const document = parseDocument(bytes);
  const result = document.ok ? readDocument(document.value, bytes, context) : document;
  return result.ok ? ok(result.value) : { ok: false, error: result.error.code };
}

/** The resources of a document. */
export function resources({ patches }: CdaResult): readonly FhirResource[] {
  return toResources({
    patches,
    directives: [],
    snapshots: [],
    unmapped: [],
    warnings: [],
    unknownCodes: [],
    isRepeatable: false,
    mappingVersion: '',
  });
}

const HEAD =
  '<id root="1.2.3.4.5.6" extension="D990002"/><effectiveTime value="20261121"/><recordTarget><patientRole>' +
  '<id root="1.2.3.4.5.7" extension="P990002"/></patientRole></recordTarget>';

/** A document around sections. */
export const documentOf = (sections: string, head = HEAD): Uint8Array =>
  Buffer.from(
    `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${head}` +
      `<component><structuredBody><component>${sections}</component></structuredBody></component></ClinicalDocument>`,
  );
