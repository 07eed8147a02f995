import type { ResourcePatch, Snapshot } from '../../fhir/patch.ts';
import type { News } from '../contract.ts';
import { rewriteReferences } from '../rewrite-references.ts';

/** The news with Patient ids replaced in patches, references and snapshots; the news itself where nothing is to be replaced. */
export function renamePatients(news: News, ids: ReadonlyMap<string, string>): News {
  const moved = new Map([...ids].filter(([from, to]) => from !== to));
  if (moved.size === 0) return news;
  const references = new Map([...moved].map(([from, to]) => [`Patient/${from}`, `Patient/${to}`]));
  const patch = (one: ResourcePatch): ResourcePatch => ({
    ...one,
    id: one.type === 'Patient' ? (moved.get(one.id) ?? one.id) : one.id,
    elements: rewriteReferences(one.elements, references) as ResourcePatch['elements'],
  });
  const snapshot = (one: Snapshot): Snapshot => ({ ...one, patient: moved.get(one.patient) ?? one.patient });
  return { ...news, patches: news.patches.map(patch), snapshots: news.snapshots.map(snapshot) };
}
