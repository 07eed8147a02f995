import { newsStamp, type ApplyContext } from './apply-context.ts';
import { allRows } from './compartment.ts';
import type { ResourceChange } from './contract.ts';
import { stampsOf } from './note.ts';
import { noteOf } from './row-values.ts';
import { causeKey, deleteVersion, rowId } from './versions.ts';

/**
 * Replay: deletes the resources that this message alone had produced and no longer produces. Where any other message
 * has set an element, the resource stays (DESIGN section 3).
 */
export async function retractUnproduced(context: ApplyContext): Promise<readonly ResourceChange[]> {
  const { draft, news } = context;
  if (news.replay !== true) return [];
  const produced = new Set(news.patches.map((patch) => rowId(patch.type, patch.id)));
  const changes: ResourceChange[] = [];
  for (const row of await allRows(draft, { all: [causeKey(news.message)] })) {
    const [type = '', id = ''] = row.id.split('/');
    if (type === 'Patient' || produced.has(row.id)) continue;
    const alone = stampsOf(noteOf(row)).every(
      ([, sequence, source]) => sequence === news.sequence && source === news.source,
    );
    if (!alone) continue;
    const note = { row: newsStamp(news) };
    const change = await deleteVersion(draft, { type, id, note, cause: news.message, now: await context.now() });
    if (change !== undefined) changes.push(change);
  }
  return changes;
}
