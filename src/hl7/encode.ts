import iconv from 'iconv-lite';

import { problem, type Problem } from '../core/problem.ts';

/** Encoded text; `problem` is there when characters had no code and became `?`. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  readonly problem?: Problem;
}

/**
 * Encodes text in a charset. Characters that it cannot write become `?` and are reported (`hl7.charset-unencodable`).
 * @param charset WHATWG label, as `Message.charset` has it; one that cannot be written at all is treated as ASCII
 */
export function encodeText(text: string, charset: string): EncodedText {
  switch (charset) {
    case 'utf-8':
      return { bytes: Buffer.from(text, 'utf8') };
    case 'utf-16le':
      return { bytes: Buffer.from(text, 'utf16le') };
    case 'iso-8859-1':
      return encodeNarrow(text, 0xff);
    case 'us-ascii':
      return encodeNarrow(text, 0x7f);
    default:
      return iconv.encodingExists(charset) ? encodeByTable(text, charset) : encodeNarrow(text, 0x7f);
  }
}

function encodeNarrow(text: string, last: number): EncodedText {
  let writable = '';
  let lost = 0;
  for (const char of text) {
    const fits = (char.codePointAt(0) ?? 0) <= last;
    writable += fits ? char : '?';
    if (!fits) lost += 1;
  }
  return report(Buffer.from(writable, 'latin1'), lost > 0);
}

/** iconv-lite writes `?` without a word; reading back shows whether it did. */
function encodeByTable(text: string, charset: string): EncodedText {
  const bytes = iconv.encode(text, charset);
  return report(bytes, iconv.decode(bytes, charset) !== text);
}

function report(bytes: Uint8Array, lossy: boolean): EncodedText {
  if (!lossy) return { bytes };
  return { bytes, problem: problem('hl7.charset-unencodable', 'some characters cannot be written in the charset') };
}
