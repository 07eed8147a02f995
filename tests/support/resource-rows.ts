import { compileExtractor } from '../../src/fhir/extract.ts';
import type { FhirResource } from '../../src/fhir/patch.ts';
import { putVersion } from '../../src/record/versions.ts';
import { Draft } from '../../src/store/draft.ts';
import type { Store } from '../../src/store/port.ts';

/** Zone of the tests' hospital. */
export const ZONE = 'Asia/Shanghai';

const VERSIONS = { zone: ZONE, extractor: compileExtractor };

/** Writes resources as the record does: versions, keys, notes; `listed: false` as a member that is shown through its lead. */
export async function putResources(
  store: Store,
  resources: readonly FhirResource[],
  more: { readonly listed?: false; readonly searchAs?: readonly FhirResource[] } = {},
): Promise<void> {
  const draft = new Draft(store);
  const now = await store.now();
  for (const resource of resources) await putVersion(draft, VERSIONS, { resource, now, cause: 'm1', ...more });
  await draft.commit();
}

/** Makes source records one person; the first is the lead. */
export async function putPerson(store: Store, members: readonly string[]): Promise<void> {
  const [person = ''] = members;
  await store.commit({
    puts: [
      { collection: 'persons', id: person, body: JSON.stringify({ members }) },
      ...members.map((id) => ({
        collection: 'sources' as const,
        id,
        body: '{}',
        fields: { person, state: 'live', firstAt: new Date(0) },
      })),
    ],
  });
}
