import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Draft } from '../store/draft.ts';
import { applyContext, type ApplyContext } from './apply-context.ts';
import { applyMerges } from './apply-merges.ts';
import { applyMoves } from './apply-moves.ts';
import { retractUnproduced } from './apply-replay.ts';
import { applyDeletes, applyResources } from './apply-resources.ts';
import { applySnapshots } from './apply-snapshots.ts';
import type { Applied, Held, RecordSettings, RecordWriter, ResourceChange, Searched } from './contract.ts';
import type { DocumentSettings } from './document/documents.ts';
import type { Identified, Identify, OperationDone, ResolveAliases, ShowSettings } from './identify/contract.ts';
import { applyAgain, repeatOf } from './repeat.ts';
import { settleChanges } from './settle.ts';
import type { VersionSettings } from './versions.ts';

/** Shows the Patients of persons anew: versions of their members' rows where what they show has changed. */
type ShowPatients = (
  draft: Draft,
  persons: readonly string[],
  by: { readonly cause: string; readonly now: Date },
  settings: ShowSettings,
) => Promise<readonly ResourceChange[]>;

/** Replaces the shown Patients of deleted source records by tombstones. */
type HideDeleted = (
  draft: Draft,
  recs: readonly string[],
  by: { readonly cause: string; readonly now: Date },
) => Promise<readonly ResourceChange[]>;

/** The parts of identification that the record calls. */
interface IdentityStages {
  readonly resolveAliases: ResolveAliases;
  readonly identify: Identify;
  readonly showPatients: ShowPatients;
  readonly hideDeleted: HideDeleted;
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
      if (draft.trusts && news.rest !== true) beginRecords(draft, identified.value);
      const context = applyContext(draft, identified.value.news, settings, versions);
      const clinical = await applyClinical(context, identified.value);
      if (!clinical.ok) {
        // Nothing of a message that must wait may be committed with its journal row.
        draft.discard();
        return clinical;
      }
      const { changes, isRepeat, searches, warnings } = clinical.value;
      const applied = await finish(context, identified.value, { changes, warnings, deps });
      const done = { news: context.news, applied, searches, isSame: identified.value.isRepeat };
      const repeat = isRepeat ? repeatOf(draft, done) : undefined;
      return ok(repeat === undefined ? applied : { ...applied, repeat });
    },
    again: applyAgain,
  };
}

/** What the news did to all but Patients. */
interface Clinical {
  readonly changes: readonly ResourceChange[];
  /** Every patch said what the record held already. */
  readonly isRepeat: boolean;
  /** Searches for snapshots. */
  readonly searches: readonly Searched[];
  readonly warnings: readonly Problem[];
}

/** Nothing can be about a source record that this message has made; clients of the endpoint choose ids themselves. */
function beginRecords(draft: Draft, { sources }: Identified): void {
  for (const { id, before } of sources) {
    if (before !== undefined) continue;
    const rows = (['persons', 'patients', 'ledgers'] as const).map((collection) => ({ collection, id }));
    draft.begin(id, [...rows, { collection: 'resources', id: `Patient/${id}` }]);
  }
}

async function applyClinical(context: ApplyContext, identified: Identified): Promise<Result<Clinical, Held>> {
  const { changes: moves, moved } = await applyMoves(context, identified.recs);
  const merges = await applyMerges(context);
  const resources = await applyResources(context, moved);
  if (!resources.ok) return err(resources.error);
  const deleted = await applyDeletes(context);
  const { changes: ended, searches } = await applySnapshots(context);
  const retracted = await retractUnproduced(context);
  const { changes, isRepeat } = resources.value;
  const all = [...moves, ...merges.changes, ...changes, ...deleted, ...ended, ...retracted];
  return ok({ changes: all, isRepeat, searches, warnings: [...identified.warnings, ...merges.warnings] });
}

async function finish(
  context: ApplyContext,
  identified: Identified,
  made: Pick<Clinical, 'changes' | 'warnings'> & { readonly deps: RecordDeps },
): Promise<Applied> {
  const { draft, news, settings, versions, now } = context;
  return settle(draft, identified, {
    ...made,
    settings: { ...settings, ...versions },
    at: news.at,
    cause: news.message,
    rest: news.rest === true,
    now,
  });
}

interface Settling {
  readonly changes: readonly ResourceChange[];
  readonly deps: RecordDeps;
  readonly settings: ShowSettings;
  readonly at: Date;
  readonly cause: string;
  readonly rest: boolean;
  readonly warnings: Applied['warnings'];
  readonly now: () => Promise<Date>;
}

/** What follows from changed source records and resources: shown Patients, events, patient documents. */
async function settle(
  draft: Draft,
  identified: Pick<Identified, 'sources' | 'persons' | 'touched'>,
  context: Settling,
): Promise<Applied> {
  const { touched, persons, sources } = identified;
  const { deps, cause, settings, warnings } = context;
  const shown =
    touched.length === 0
      ? []
      : await deps.identity.showPatients(draft, touched, { cause, now: await context.now() }, settings);
  const gone = sources.flatMap(({ id, after }) => (after.state === 'deleted' ? [id] : []));
  const hidden =
    gone.length === 0 ? [] : await deps.identity.hideDeleted(draft, gone, { cause, now: await context.now() });
  const changes = [...shown, ...hidden, ...context.changes];
  const changed = { changes, sources, persons, touched, rest: context.rest };
  const settled = await settleChanges(draft, changed, { ...context, documents: deps.documents });
  return { changes, events: settled.events, persons, warnings: [...warnings, ...settled.warnings] };
}

/** What follows from a decision of a clerk or administrator (merge, split, review) that is in the draft already. */
export type SettleOperation = (draft: Draft, done: OperationDone, at: Date) => Promise<Applied>;

/** Makes shown Patients, events and documents follow human operations as they follow messages. */
export function createSettleOperation(settings: RecordSettings, deps: RecordDeps): SettleOperation {
  const versions: VersionSettings = { zone: settings.zone, extractor: deps.extractor };
  return (draft, done, at) =>
    settle(draft, done, {
      changes: [],
      deps,
      settings: { ...settings, ...versions },
      at,
      cause: done.cause,
      rest: false,
      warnings: [],
      now: () => draft.store.now(),
    });
}
