import { uuidV5 } from '../../core/ids.ts';
import { problem, type Problem } from '../../core/problem.ts';
import type { NaturalKey } from '../../fhir/patch.ts';
import { jsonOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { News, RecordSettings } from '../contract.ts';
import type { ResolveAliases } from './contract.ts';
import { renamePatients } from './rename-patients.ts';
import { readSource } from './source-row.ts';

/** Id of the source record of a number; later holders (G12) have their generation in it. */
export function sourceId(installation: string, key: NaturalKey, generation = 1): string {
  const parts = ['Patient', key.namespace, key.kind, key.value];
  return uuidV5(installation, ...parts, ...(generation === 1 ? [] : [String(generation)]));
}

/** Row id of the alias of a Patient id. */
const aliasId = (patient: string): string => `Patient/${patient}`;

/** Maps the Patient ids of news through aliases, its own changes of identifiers included. */
export const resolveAliases: ResolveAliases = async (draft, news, settings) => {
  for (const directive of news.directives) {
    if (directive.kind === 'change-identifier') await noteAlias(draft, settings, directive);
  }
  const ids = new Set(news.patches.filter(({ type }) => type === 'Patient').map(({ id }) => id));
  return renamePatients(news, await throughAliases(draft, [...ids]));
};

/** Where Patient ids lead now, by id as given. */
export async function throughAliases(draft: Draft, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await draft.getMany('aliases', ids.map(aliasId));
  return new Map(
    ids.map((id, index) => {
      const row = rows[index];
      return [id, row === undefined ? id : jsonOf<{ readonly to: string }>(row).to];
    }),
  );
}

/** The source record that a number means at a time: through aliases, then to the holder of that time (G12). */
export async function recOf(
  draft: Draft,
  settings: Pick<RecordSettings, 'installation'>,
  key: NaturalKey,
  at: Date,
): Promise<string> {
  const id = sourceId(settings.installation, key);
  const resolved = (await throughAliases(draft, [id])).get(id) ?? id;
  return holderAt(draft, resolved, at);
}

/** Of the holders of a re-issued number the one at a time. */
export async function holderAt(draft: Draft, id: string, at: Date): Promise<string> {
  let current = id;
  for (;;) {
    const row = await draft.get('sources', current);
    const closed = row === undefined ? undefined : readSource(row).closed;
    if (closed === undefined || at < new Date(closed.at)) return current;
    current = closed.next;
  }
}

/** A46/A47: the new number leads to the record that the old one named, unless the new one is in use. */
async function noteAlias(
  draft: Draft,
  settings: RecordSettings,
  change: { readonly from: NaturalKey; readonly to: NaturalKey },
): Promise<void> {
  const fresh = sourceId(settings.installation, change.to);
  const old = sourceId(settings.installation, change.from);
  const target = (await throughAliases(draft, [old])).get(old) ?? old;
  if (fresh === target || (await isTaken(draft, fresh, target))) return;
  draft.put({ collection: 'aliases', id: aliasId(fresh), body: JSON.stringify({ to: target, key: change.to }) });
}

async function isTaken(draft: Draft, fresh: string, target: string): Promise<boolean> {
  if ((await draft.get('sources', fresh)) !== undefined) return true;
  const alias = (await throughAliases(draft, [fresh])).get(fresh);
  return alias !== fresh && alias !== target;
}

/** A warning for every change of identifier that was not applied because the new number is in use. */
export async function refusedChanges(draft: Draft, news: News, settings: RecordSettings): Promise<readonly Problem[]> {
  const warnings: Problem[] = [];
  for (const directive of news.directives) {
    if (directive.kind !== 'change-identifier') continue;
    const fresh = sourceId(settings.installation, directive.to);
    const old = sourceId(settings.installation, directive.from);
    const ends = await throughAliases(draft, [fresh, old]);
    if (ends.get(fresh) === ends.get(old)) continue;
    warnings.push(problem('identity.identifier-exists', 'The new number is in use.', { path: 'PID-3' }));
  }
  return warnings;
}
