import { isObject } from '../fhir/json.ts';
import type { ElementNews, ResourcePatch, Snapshot } from '../fhir/patch.ts';
import type { Row } from '../store/port.ts';
import type { ApplyContext } from './apply-context.ts';
import { allRows, compartmentQuery } from './compartment.ts';
import type { ResourceChange, Searched } from './contract.ts';
import { mergePatch } from './merge-patch.ts';
import { creatorOf } from './note.ts';
import { noteOf, resourceOf } from './row-values.ts';
import { putVersion } from './versions.ts';

const clinical = (type: string, code: string): ElementNews => ({
  kind: 'value',
  value: { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${type}-clinical`, code }] },
});

/** What a resource says when it is no longer on the full list of its source. */
const ENDED: Readonly<Record<Snapshot['type'], Readonly<Record<string, ElementNews>>>> = {
  AllergyIntolerance: { clinicalStatus: clinical('allergyintolerance', 'inactive') },
  Condition: { clinicalStatus: clinical('condition', 'resolved') },
  Coverage: { status: { kind: 'value', value: 'cancelled' } },
};

/** What the snapshots of a message ended, and which resources were looked at for it. */
interface AppliedSnapshots {
  readonly changes: readonly ResourceChange[];
  readonly searches: readonly Searched[];
}

/**
 * Ends what a declared snapshot no longer lists: only resources of the same source and, where the snapshot names one,
 * the same encounter; never what newer news has touched (DESIGN section 3).
 */
export async function applySnapshots(context: ApplyContext): Promise<AppliedSnapshots> {
  const changes: ResourceChange[] = [];
  const searches: Searched[] = [];
  for (const snapshot of context.news.snapshots) {
    const query = compartmentQuery([snapshot.patient], [snapshot.type]);
    const rows = await allRows(context.draft, query);
    searches.push({ query, count: rows.length });
    for (const row of rows) {
      if (!isMissing(context, snapshot, row)) continue;
      const change = await end(context, snapshot, row);
      if (change !== undefined) changes.push(change);
    }
  }
  return { changes, searches };
}

function isMissing(context: ApplyContext, snapshot: Snapshot, row: Row): boolean {
  const { news } = context;
  if (snapshot.present.includes(row.id.slice(snapshot.type.length + 1))) return false;
  const note = noteOf(row);
  if (creatorOf(note) !== news.source || note.row[0] > news.at.getTime()) return false;
  if (snapshot.encounter === undefined) return true;
  const { encounter } = resourceOf(row) as { readonly encounter?: unknown };
  return isObject(encounter) && encounter['reference'] === `Encounter/${snapshot.encounter}`;
}

async function end(context: ApplyContext, snapshot: Snapshot, row: Row): Promise<ResourceChange | undefined> {
  const { draft, news, versions, facts } = context;
  const id = row.id.slice(snapshot.type.length + 1);
  const patch: ResourcePatch = { type: snapshot.type, id, elements: ENDED[snapshot.type] };
  const merged = mergePatch(resourceOf(row), noteOf(row), patch, { ...facts, replay: false });
  if (!merged.changed) return undefined;
  const { resource, note } = merged;
  return putVersion(draft, versions, { resource, note, cause: news.message, now: await context.now() });
}
