import { err, ok, type Result } from '../core/result.ts';
import type { Draft } from '../store/draft.ts';
import { applyContext, type ApplyContext } from './apply-context.ts';
import { applyMoves } from './apply-moves.ts';
import { retractUnproduced } from './apply-replay.ts';
import { applyDeletes, applyResources } from './apply-resources.ts';
import { applySnapshots } from './apply-snapshots.ts';
import type { Applied, Held, RecordSettings, RecordWriter, ResourceChange } from './contract.ts';
import type { DocumentSettings } from './document/documents.ts';
import type { Identified, Identify, ResolveAliases, ShowSettings } from './identify/contract.ts';
import { settleChanges } from './settle.ts';
import type { VersionSettings } from './versions.ts';

/** Shows the Patients of persons anew: versions of their members' rows where what they show has changed. */
export type ShowPatients = (
  draft: Draft,
  persons: readonly string[],
  by: { readonly cause: string; readonly now: Date },
  settings: ShowSettings,
) => Promise<readonly ResourceChange[]>;

/** The parts of identification that the record calls. */
export interface IdentityStages {
  readonly resolveAliases: ResolveAliases;
  readonly identify: Identify;
  readonly showPatients: ShowPatients;
}

/** What the record is made of. */
export interface RecordDeps {
  readonly identity: IdentityStages;
  readonly extractor: VersionSettings['extractor'];
  readonly documents: DocumentSettings;
}

/** The record: one message's news at a time, all of it into the draft of the caller. */
export function createRecordWriter(settings: RecordSettings, deps: RecordDeps): RecordWriter {
  const versions: VersionSettings = { zone: settings.zone, extractor: deps.extractor };
  return {
    async apply(draft, news) {
      const resolved = await deps.identity.resolveAliases(draft, news, settings);
      const identified = await deps.identity.identify(draft, resolved, settings);
      if (!identified.ok) return identified;
      const context = applyContext(draft, identified.value.news, settings, versions);
      const clinical = await applyClinical(context, identified.value);
      if (!clinical.ok) {
        // Nothing of a message that must wait may be committed with its journal row.
        draft.discard();
        return clinical;
      }
      return ok(await finish(context, identified.value, { changes: clinical.value, deps }));
    },
  };
}

async function applyClinical(
  context: ApplyContext,
  identified: Identified,
): Promise<Result<readonly ResourceChange[], Held>> {
  const { changes: moves, moved } = await applyMoves(context, identified.recs);
  const resources = await applyResources(context, moved);
  if (!resources.ok) return err(resources.error);
  const deleted = await applyDeletes(context);
  const ended = await applySnapshots(context);
  const retracted = await retractUnproduced(context);
  return ok([...moves, ...resources.value, ...deleted, ...ended, ...retracted]);
}

async function finish(
  context: ApplyContext,
  identified: Identified,
  made: { readonly changes: readonly ResourceChange[]; readonly deps: RecordDeps },
): Promise<Applied> {
  const { draft, news, settings, versions, now } = context;
  const { touched, persons, sources, warnings } = identified;
  const { deps } = made;
  const by = { cause: news.message, now: touched.length === 0 ? news.at : await now() };
  const shown =
    touched.length === 0 ? [] : await deps.identity.showPatients(draft, touched, by, { ...settings, ...versions });
  const changes = [...shown, ...made.changes];
  const events = await settleChanges(
    draft,
    { changes, sources, persons, touched, rest: news.rest === true },
    { documents: deps.documents, at: news.at, cause: news.message, now },
  );
  return { changes, events, persons, warnings };
}
