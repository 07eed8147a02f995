import { problem, type Problem } from '../core/problem.ts';
import type { Row } from '../store/port.ts';
import type { ApplyContext } from './apply-context.ts';
import { rowsAlong } from './apply-moves.ts';
import type { ResourceChange } from './contract.ts';
import { putAlias, renamedRefs, type ResourceRenaming } from './identify/aliases.ts';
import { subjectId } from './member-references.ts';
import { rewriteReferences } from './rewrite-references.ts';
import { noteOf, resourceOf } from './row-values.ts';
import { samePerson } from './same-person.ts';
import { isDeleted, putVersion } from './versions.ts';

/** What merges of accounts and visits did. */
interface AppliedMerges {
  readonly changes: readonly ResourceChange[];
  readonly warnings: readonly Problem[];
}

/**
 * A35, A36, A41 (accounts) and A42 (visits) whose both numbers are known: what refers to the wrong one refers to the
 * right one from now on, the wrong one was entered in error, and later messages with its number mean the right one.
 * Refused where the two belong to different persons.
 */
export async function applyMerges(context: ApplyContext): Promise<AppliedMerges> {
  const changes: ResourceChange[] = [];
  const warnings: Problem[] = [];
  for (const directive of context.news.directives) {
    if (directive.kind !== 'merge-resource') continue;
    const done = await merge(context, directive);
    changes.push(...done.changes);
    warnings.push(...done.warnings);
  }
  return { changes, warnings };
}

const NOTHING: AppliedMerges = { changes: [], warnings: [] };

async function merge(context: ApplyContext, directive: ResourceRenaming): Promise<AppliedMerges> {
  const { draft, settings } = context;
  const { from, to } = await renamedRefs(draft, settings, directive);
  if (from === to) return NOTHING;
  const [wrong, right] = await draft.getMany('resources', [from, to]);
  const [owner, other] = [ownerOf(wrong), ownerOf(right)];
  if (owner !== undefined && other !== undefined && !(await samePerson(draft, owner, other))) {
    const path = directive.type === 'Account' ? 'MRG-3' : 'MRG-5';
    const text = 'The two belong to different persons.';
    return { changes: [], warnings: [problem('record.merge-refused', text, { path })] };
  }
  putAlias(draft, from, to);
  if (wrong === undefined || isDeleted(wrong)) return NOTHING;
  return { changes: await fold(context, wrong, { owner: owner ?? other, to }), warnings: [] };
}

async function fold(
  context: ApplyContext,
  wrong: Row,
  { owner, to }: { readonly owner: string | undefined; readonly to: string },
): Promise<readonly ResourceChange[]> {
  const { draft, news, versions } = context;
  const along = owner === undefined ? [] : await rowsAlong(draft, owner, wrong.id);
  const changes: ResourceChange[] = [];
  for (const row of [wrong, ...along]) {
    const resource = resourceOf(row);
    const changed =
      row === wrong ? { status: 'entered-in-error' } : rewriteReferences(resource, new Map([[wrong.id, to]]));
    const change = await putVersion(draft, versions, {
      resource: { ...resource, ...(changed as object) },
      note: noteOf(row),
      cause: news.message,
      now: await context.now(),
    });
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function ownerOf(row: Row | undefined): string | undefined {
  return row === undefined || isDeleted(row) ? undefined : subjectId(resourceOf(row));
}
