import { listOf } from '../../../fhir/json.ts';
import { codingOf, compactObject, instant, labelOf, pick, text } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';

/** An imaging study: no pixels, a link to where they are. */
export interface ImagingEntry extends Entry {
  readonly modality?: string;
  readonly body?: string;
  readonly acc?: string;
  readonly conclusion?: string;
  readonly viewer?: string;
  readonly at?: Date;
}

/** Newest first. */
export const imaging: ListSection<ImagingEntry> = {
  types: ['ImagingStudy'],
  limit: 20,
  entry: ({ resource, p }) => {
    const status = text(resource['status']);
    if (status === 'cancelled' || status === 'entered-in-error') return undefined;
    const ids = listOf(resource['identifier']);
    const uid = ids.map((id) => text(pick(id, 'value'))).find((value) => value?.startsWith('urn:oid:') === true);
    return compactObject({
      modality:
        codingOf({ coding: listOf(resource['modality']) }).code ?? text(pick(resource, 'series', 'modality', 'code')),
      body: text(pick(resource, 'series', 'bodySite', 'display')) ?? text(resource['description']),
      acc: accessionOf(ids),
      conclusion: labelOf(pick(resource, 'reasonCode')),
      viewer: uid === undefined ? undefined : `study:${uid.slice('urn:oid:'.length)}`,
      at: instant(resource['started']),
      p: [p],
    });
  },
  compare: (a, b) => Number(b.at ?? 0) - Number(a.at ?? 0) || compareText(b.p[0]?.[2], a.p[0]?.[2]),
};

function accessionOf(ids: readonly unknown[]): string | undefined {
  const accession = ids.find((id) => codingOf(pick(id, 'type')).code === 'ACSN');
  return text(pick(accession, 'value'));
}
