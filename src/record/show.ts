import type { Row } from '../store/port.ts';
import { showsLead } from './member-references.ts';
import { readNote } from './note.ts';

/** Ids of the members that a stored resource refers to and that are shown as their leads: what `leadOf` will be asked. */
export function shownMembers(row: Row): readonly string[] {
  const text = row.body;
  if (typeof text !== 'string' || row.note === undefined || !showsLead(typeOf(row))) return [];
  return (readNote(row.note).members ?? []).map(([start, length]) => text.slice(start, start + length));
}

/**
 * The text of a current resource with references to members shown as references to the lead, at the positions noted
 * when the row was written (DESIGN section 5). History is shown as written: do not call it for `history` rows.
 * @param leadOf the lead of a member; undefined or the same id where there is nothing to replace
 */
export function showResource(row: Row, leadOf: (member: string) => string | undefined): string {
  const text = typeof row.body === 'string' ? row.body : '';
  if (row.note === undefined || !showsLead(typeOf(row))) return text;
  let shown = '';
  let from = 0;
  for (const [start, length] of readNote(row.note).members ?? []) {
    const member = text.slice(start, start + length);
    shown += text.slice(from, start) + (leadOf(member) ?? member);
    from = start + length;
  }
  return shown + text.slice(from);
}

const typeOf = (row: Row): string => row.id.slice(0, row.id.indexOf('/'));
