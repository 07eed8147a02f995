import { uuidV5 } from '../../core/ids.ts';
import { problem, type Problem } from '../../core/problem.ts';
import type { IdentityDirective, NaturalKey } from '../../fhir/patch.ts';
import { jsonOf } from '../../store/body.ts';
import type { Draft } from '../../store/draft.ts';
import type { News, RecordSettings } from '../contract.ts';
import type { ResolveAliases } from './contract.ts';
import { renameResources } from './rename-patients.ts';
import { rowId } from '../versions.ts';
import { readSource } from './source-row.ts';

/** Id of the source record of a number; later holders (G12) have their generation in it. */
export function sourceId(installation: string, key: NaturalKey, generation = 1): string {
  const parts = ['Patient', key.namespace, key.kind, key.value];
  return uuidV5(installation, ...parts, ...(generation === 1 ? [] : [String(generation)]));
}

/** Types whose resources may have had another number. */
const ALIASED: ReadonlySet<string> = new Set(['Patient', 'Encounter', 'Account']);

/** A number of an account or visit that was wrong or is given up, and the one that is right from now on. */
export type ResourceRenaming = Extract<
  IdentityDirective,
  { readonly kind: 'merge-resource' } | { readonly kind: 'change-resource' }
>;

/** Maps the ids of patients, accounts and visits of news through aliases, its own changes of identifiers included. */
export const resolveAliases: ResolveAliases = async (draft, news, settings) => {
  for (const directive of news.directives) {
    if (directive.kind === 'change-identifier') await noteAlias(draft, settings, directive);
    if (isRenaming(directive)) await noteRenaming(draft, settings, directive);
  }
  const refs = new Set(news.patches.filter(({ type }) => ALIASED.has(type)).map(({ type, id }) => rowId(type, id)));
  return renameResources(news, await followAliases(draft, [...refs]));
};

/** Where Patient ids lead now, by id as given. */
export async function throughAliases(draft: Draft, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ends = await followAliases(
    draft,
    ids.map((id) => rowId('Patient', id)),
  );
  return new Map([...ends].map(([from, to]) => [localId(from), localId(to)]));
}

/** Where resources (`Type/id`) lead now: a number that replaced another may have been replaced in its turn. */
async function followAliases(draft: Draft, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await draft.getMany('aliases', refs);
  const ends = new Map<string, string>();
  for (const [index, ref] of refs.entries()) {
    let end = ref;
    for (let row = rows[index], hops = 0; row !== undefined && hops < HOPS; hops += 1) {
      end = rowId(ref.slice(0, ref.indexOf('/')), jsonOf<{ readonly to: string }>(row).to);
      row = await draft.get('aliases', end);
    }
    ends.set(ref, end);
  }
  return ends;
}

/** More changes of one number than anybody makes. */
const HOPS = 100;

const localId = (ref: string): string => ref.slice(ref.indexOf('/') + 1);

const isRenaming = (directive: IdentityDirective): directive is ResourceRenaming =>
  directive.kind === 'merge-resource' || directive.kind === 'change-resource';

/** The resources (`Type/id`) that the two numbers mean by now. */
export async function renamedRefs(
  draft: Draft,
  { installation }: Pick<RecordSettings, 'installation'>,
  { type, retired, survivor }: ResourceRenaming,
): Promise<{ readonly from: string; readonly to: string }> {
  const refOf = ({ namespace, kind, value }: NaturalKey): string =>
    rowId(type, uuidV5(installation, type, namespace, kind, value));
  const [from, to] = [refOf(retired), refOf(survivor)];
  const ends = await followAliases(draft, [from, to]);
  return { from: ends.get(from) ?? from, to: ends.get(to) ?? to };
}

/** From now on messages that speak of one resource mean another of its type. */
export function putAlias(draft: Draft, from: string, to: string): void {
  draft.put({ collection: 'aliases', id: from, body: JSON.stringify({ to: localId(to) }) });
}

/** A42, A49, A50: a new number that names nothing yet leads to what the old one named. */
async function noteRenaming(draft: Draft, settings: RecordSettings, renaming: ResourceRenaming): Promise<void> {
  const { from, to } = await renamedRefs(draft, settings, renaming);
  if (from !== to && (await draft.get('resources', to)) === undefined) putAlias(draft, to, from);
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
  const body = JSON.stringify({ to: target, key: change.to });
  draft.put({ collection: 'aliases', id: rowId('Patient', fresh), body });
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
    if (directive.kind === 'change-identifier') {
      const fresh = sourceId(settings.installation, directive.to);
      const old = sourceId(settings.installation, directive.from);
      const ends = await throughAliases(draft, [fresh, old]);
      if (ends.get(fresh) !== ends.get(old)) warnings.push(inUse('PID-3'));
    } else if (directive.kind === 'change-resource') {
      const { from, to } = await renamedRefs(draft, settings, directive);
      if (from !== to) warnings.push(inUse(directive.type === 'Account' ? 'PID-18' : 'PV1-19'));
    }
  }
  return warnings;
}

const inUse = (path: string): Problem => problem('identity.identifier-exists', 'The new number is in use.', { path });
