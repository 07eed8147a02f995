import { uuidV5 } from '../core/ids.ts';
import type { IdentityDirective, NaturalKey } from '../fhir/patch.ts';
import type { ApplyContext } from './apply-context.ts';
import { compartmentRows } from './compartment.ts';
import type { ResourceChange } from './contract.ts';
import { subjectId } from './member-references.ts';
import { rewriteReferences } from './rewrite-references.ts';
import { noteOf, resourceOf } from './row-values.ts';
import { textOf } from '../store/body.ts';
import type { Draft } from '../store/draft.ts';
import type { Row } from '../store/port.ts';
import { isDeleted, putVersion, rowId } from './versions.ts';

/** Types that go with the Encounter or Account that they refer to. */
const GO_ALONG: readonly string[] = [
  'Account',
  'ChargeItem',
  'Composition',
  'Condition',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'ImagingStudy',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'ServiceRequest',
];

type Move = Extract<IdentityDirective, { readonly kind: 'move-resource' }>;

/**
 * A44, A45: gives an Account or Encounter, and what refers to it, to another source record, each as a new version.
 * @param recs source records by Patient patch id, for numbers that have a later holder
 * @returns the changes, and by `Type/id` the source record each now belongs to
 */
export async function applyMoves(
  context: ApplyContext,
  recs: ReadonlyMap<string, string>,
): Promise<{ readonly changes: readonly ResourceChange[]; readonly moved: ReadonlyMap<string, string> }> {
  const changes: ResourceChange[] = [];
  const moved = new Map<string, string>();
  for (const directive of context.news.directives) {
    if (directive.kind !== 'move-resource') continue;
    const to = idOf(context, 'Patient', directive.to);
    changes.push(...(await move(context, { directive, to: recs.get(to) ?? to, moved })));
  }
  return { changes, moved };
}

async function move(
  context: ApplyContext,
  one: { readonly directive: Move; readonly to: string; readonly moved: Map<string, string> },
): Promise<readonly ResourceChange[]> {
  const { draft, news, versions } = context;
  const ref = rowId(one.directive.type, idOf(context, one.directive.type, one.directive.key));
  one.moved.set(ref, one.to);
  const row = await draft.get('resources', ref);
  const from = row === undefined || isDeleted(row) ? undefined : subjectId(resourceOf(row));
  if (row === undefined || from === undefined || from === one.to) return [];
  const changes: ResourceChange[] = [];
  for (const each of [row, ...(await rowsAlong(draft, from, ref))]) {
    one.moved.set(each.id, one.to);
    const resource = resourceOf(each);
    const elements = rewriteReferences(resource, new Map([[`Patient/${from}`, `Patient/${one.to}`]]));
    const change = await putVersion(draft, versions, {
      resource: { ...resource, ...(elements as object) },
      note: noteOf(each),
      cause: news.message,
      now: await context.now(),
    });
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

/** What refers to an account or visit (`Type/id`) of a source record. */
export async function rowsAlong(draft: Draft, rec: string, ref: string): Promise<readonly Row[]> {
  const rows = await compartmentRows(draft, [rec], GO_ALONG);
  return rows.filter((row) => row.id !== ref && textOf(row).includes(`"reference":"${ref}"`));
}

function idOf(context: ApplyContext, type: string, key: NaturalKey): string {
  return uuidV5(context.settings.installation, type, key.namespace, key.kind, key.value);
}
