import { sha256 } from '../core/ids.ts';
import type { UnknownCode } from '../mapping/result.ts';
import { jsonOf } from '../store/body.ts';
import type { Draft } from '../store/draft.ts';
import type { Row } from '../store/port.ts';

/** Key of every row of {@link FirstSeen}. */
export const UNKNOWN_CODES = 'unknown-codes';

/** A code of a source that a table lacks, and the first message that had it: a row of `settings`, sealed like all bodies. */
export interface FirstSeen extends UnknownCode {
  readonly source: string;
  readonly message: string;
  readonly at: string;
}

/** Where codes were met. */
interface Met {
  readonly source: string;
  readonly message: string;
  readonly at: Date;
}

/** Longer ones are texts that stand in the wrong place; more of one message are no codes either. */
const LONGEST = 100;
const MOST = 100;

/** Key of the journal rows of messages that had a code which a table lacks; nothing of the code can be read from it. */
export const codeKey = (source: string, { table, code }: UnknownCode): string =>
  `code|${sha256(source, table, code).slice(0, 20)}`;

/** Reads a row of `settings` back. */
export const readFirstSeen = (row: Row): FirstSeen => jsonOf<FirstSeen>(row);

/**
 * Writes down which codes a message had that tables lack: a row for each that was never met, and the keys of the journal
 * row, by which the messages that wait for a code are found and counted. No counter is written, so messages do not wait
 * for each other.
 */
export async function noteUnknownCodes(
  draft: Draft,
  { source, message, at }: Met,
  codes: readonly UnknownCode[],
): Promise<readonly string[]> {
  const noted = codes.filter(({ code }) => code !== '' && code.length <= LONGEST).slice(0, MOST);
  if (noted.length === 0) return [];
  const keys = noted.map((one) => codeKey(source, one));
  const rows = await draft.getMany('settings', keys);
  noted.forEach(({ table, code }, index) => {
    const id = keys[index];
    if (id === undefined || rows[index] !== undefined) return;
    const seen: FirstSeen = { source, table, code, message, at: at.toISOString() };
    draft.put({ collection: 'settings', id, body: JSON.stringify(seen), keys: [UNKNOWN_CODES] });
  });
  return keys;
}
