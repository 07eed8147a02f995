import type { ResourcePatch, Snapshot } from '../../fhir/patch.ts';
import type { News } from '../contract.ts';
import { rewriteReferences } from '../rewrite-references.ts';

/** The news with Patient ids replaced in patches, references and snapshots; the news itself where nothing is to be replaced. */
export function renamePatients(news: News, ids: ReadonlyMap<string, string>): News {
  return renameResources(news, new Map([...ids].map(([from, to]) => [`Patient/${from}`, `Patient/${to}`])));
}

/** The news with resources (`Type/id`) replaced by others of their type, likewise. */
export function renameResources(news: News, to: ReadonlyMap<string, string>): News {
  const moved = new Map([...to].filter(([from, into]) => from !== into));
  if (moved.size === 0) return news;
  const idOf = (type: string, id: string): string => moved.get(`${type}/${id}`)?.slice(type.length + 1) ?? id;
  const patch = (one: ResourcePatch): ResourcePatch => ({
    ...one,
    id: idOf(one.type, one.id),
    elements: rewriteReferences(one.elements, moved) as ResourcePatch['elements'],
  });
  const snapshot = (one: Snapshot): Snapshot => ({
    ...one,
    patient: idOf('Patient', one.patient),
    ...(one.encounter === undefined ? {} : { encounter: idOf('Encounter', one.encounter) }),
  });
  return { ...news, patches: news.patches.map(patch), snapshots: news.snapshots.map(snapshot) };
}
