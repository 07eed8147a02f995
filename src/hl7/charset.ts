import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { charsetNamed, type CharsetName } from './charset-names.ts';
import { asBuffer, decodeStrictly } from './decode.ts';

/** Settings of a channel that matter for decoding. */
export interface DecodeOptions {
  /** Charset for messages without a right MSH-18: any name that MSH-18 may hold. */
  readonly channelDefault?: string;
}

/** Decoded bytes of one message. */
export interface DecodedText {
  readonly text: string;
  /** WHATWG label of the charset that was used. */
  readonly charset: string;
  readonly warnings: readonly Problem[];
}

const AT = { path: 'MSH-18' };

/**
 * Decodes the bytes of one message by its MSH-18 (HL7 table 0211), before anything is split: trail bytes of GBK, Big5 and
 * Shift_JIS include the delimiters. Absent or wrong MSH-18: the channel's default, then UTF-8, then GB18030, with a warning.
 * Errors: `hl7.charset-unsupported` (a known set without decoder), `hl7.charset-invalid` (nothing fits).
 */
export function decodeBytes(bytes: Uint8Array, options: DecodeOptions = {}): Result<DecodedText, Problem> {
  const wide = sniffUtf16(bytes);
  if (wide !== undefined) return decodeWide(bytes, wide);
  const declared = declaredCharset(bytes);
  const name = declared === '' ? undefined : charsetNamed(declared);
  if (name !== undefined && 'unsupported' in name) {
    return err(problem('hl7.charset-unsupported', `character set ${name.unsupported} cannot be decoded`, AT));
  }
  if (name !== undefined && !isRatherUtf8(bytes, name.label)) {
    const text = decodeStrictly(bytes, name.label);
    if (text !== undefined) return ok({ text, charset: name.label, warnings: doubts(bytes, name.label) });
  }
  return decodeByGuess(bytes, { declared, name, channelDefault: options.channelDefault });
}

const SINGLE_BYTE = /^(?:iso-8859|windows)-/u;
/** As many Chinese characters in another charset as are valid in UTF-8 by chance once in some thousand million texts. */
const SURE = 4;

/**
 * Decoders of other charsets take most of UTF-8 without complaint; only bytes that are valid in UTF-8 from first to last
 * tell a sender that declares GBK or 8859/1 and writes UTF-8.
 */
function isRatherUtf8(bytes: Uint8Array, label: string): boolean {
  if (label === 'utf-8' || isAscii(bytes) || !isUtf8(bytes)) return false;
  return SINGLE_BYTE.test(label) || longSequences(bytes) >= SURE;
}

/** Characters of three and more bytes, as Chinese in UTF-8 has them; shorter ones may well be GBK. */
function longSequences(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte >= 0xe0) count += 1;
  return count;
}

function doubts(bytes: Uint8Array, label: string): readonly Problem[] {
  if ((label !== 'gb18030' && label !== 'gbk') || isAscii(bytes) || !isUtf8(bytes)) return [];
  if (longSequences(bytes) === 0) return [];
  return [problem('hl7.charset-doubtful', `decoded as the declared ${label}, but the bytes are valid UTF-8 too`, AT)];
}

interface Guess {
  readonly declared: string;
  readonly name: CharsetName | undefined;
  readonly channelDefault: string | undefined;
}

function decodeByGuess(bytes: Uint8Array, guess: Guess): Result<DecodedText, Problem> {
  const preset = guess.channelDefault === undefined ? undefined : charsetNamed(guess.channelDefault);
  const labels = preset !== undefined && 'label' in preset ? [preset.label, 'utf-8', 'gb18030'] : ['utf-8', 'gb18030'];
  for (const charset of labels) {
    if (isRatherUtf8(bytes, charset)) continue;
    const text = decodeStrictly(bytes, charset);
    if (text === undefined) continue;
    const expected = preset !== undefined && charset === labels[0];
    return ok({ text, charset, warnings: guessWarnings(bytes, guess, { charset, preset, expected }) });
  }
  return err(problem('hl7.charset-invalid', `bytes are not valid in any of ${labels.join(', ')}`, AT));
}

function guessWarnings(
  bytes: Uint8Array,
  { declared, name }: Guess,
  used: { readonly charset: string; readonly preset: CharsetName | undefined; readonly expected: boolean },
): readonly Problem[] {
  if (name !== undefined && 'label' in name) {
    const message = `the bytes are not in the declared ${name.label}, decoded as ${used.charset}`;
    return [problem('hl7.charset-wrong', message, AT)];
  }
  if (declared !== '') {
    return [problem('hl7.charset-unknown', `unknown character set name, decoded as ${used.charset}`, AT)];
  }
  if (used.preset !== undefined && !used.expected) {
    return [
      problem('hl7.charset-wrong', `the bytes are not in the charset of the channel, decoded as ${used.charset}`, AT),
    ];
  }
  // The channel's own setting, and plain ASCII (what the standard means by an empty MSH-18), are nothing to warn of.
  if (used.expected || isAscii(bytes)) return [];
  return [problem('hl7.charset-absent', `no character set declared, decoded as ${used.charset}`, AT)];
}

function decodeWide(bytes: Uint8Array, charset: string): Result<DecodedText, Problem> {
  const text = decodeStrictly(bytes, charset);
  if (text === undefined) return err(problem('hl7.charset-invalid', `bytes are not valid ${charset}`, AT));
  return ok({ text, charset, warnings: [] });
}

/** UTF-16 is told by its byte order mark or by the zero bytes of `MSH`; no other charset begins so. */
function sniffUtf16(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x4d && b === 0 && c === 0x53)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x4d && c === 0)) return 'utf-16be';
  return undefined;
}

/** First repetition of MSH-18, read from the undecoded bytes; `''` where there is none. */
function declaredCharset(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  const start = buffer.indexOf('MSH');
  if (start < 0) return '';
  let end = start;
  while (end < buffer.length && buffer[end] !== 0x0d && buffer[end] !== 0x0a) end += 1;
  const plain = field18(buffer.toString('latin1', start, end));
  if (isAscii(buffer.subarray(start, end)) || charsetNamed(plain) !== undefined) return plain;
  // A trail byte of GBK in MSH-3 to MSH-6 can look like a field separator: count once more in characters.
  const decoded = field18(new TextDecoder('gb18030').decode(buffer.subarray(start, end)));
  return charsetNamed(decoded) === undefined ? plain : decoded;
}

function field18(header: string): string {
  const separator = header.charAt(3);
  const field = header.split(separator, 18)[17] ?? '';
  const repetition = header.charAt(5);
  const first = repetition === '' ? field : (field.split(repetition, 1)[0] ?? '');
  const name = first.trim();
  return name === '""' ? '' : name;
}
