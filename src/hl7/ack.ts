import type { Problem } from '../core/problem.ts';
import { ackText, type AckLanguage } from './ack-texts.ts';
import { charsetNamed } from './charset-names.ts';
import { decodeStrictly } from './decode.ts';
import { encodeText, type EncodedText } from './encode.ts';
import { formatTs } from './format-ts.ts';
import { readHeader, type MessageHeader } from './header.ts';
import { HL7_NULL, type Message } from './message.ts';
import { parseMessage } from './parse.ts';
import { parsePath } from './path.ts';
import { writeMessage, type FieldValue, type RepetitionValue, type SegmentSpec } from './write-message.ts';

/** Acknowledgement code of HL7 table 0008: original mode and application (AA AE AR), accept level (CA CE CR). */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** Characters of one header field that are given back; what is longer is no name of an application. */
const MOST_ECHOED = 1_000;

/** What an acknowledgement is to say. */
export interface AckRequest {
  readonly code: AckCode;
  /** MSH-10 of the acknowledgement itself. */
  readonly controlId: string;
  /** When it is made, MSH-7. */
  readonly at: Date;
  /** Minutes east of UTC in which MSH-7 is written; 0 if left out. */
  readonly offset?: number;
  /** Why it is negative, or what a positive one warns of; each makes an ERR segment. */
  readonly problems?: readonly Problem[];
  /** ERR-4 of the problems; `E` if left out for a negative code, `W` for a positive one. */
  readonly severity?: 'E' | 'W' | 'I';
  /** Condition of HL7 table 0357 where the caller knows better than the catalogue. */
  readonly condition?: string;
}

/** Names that we write into MSH-18 where the sender's own does not fit; HL7 table 0211. */
const TABLE_0211: Readonly<Record<string, string>> = {
  'utf-8': 'UNICODE UTF-8',
  gb18030: 'GB 18030-2000',
  gbk: 'GB 18030-2000',
  big5: 'BIG-5',
  'iso-8859-1': '8859/1',
};

/**
 * Builds the acknowledgement of a message in its charset, version and delimiters, with MSH-3 to MSH-6 swapped, MSA and
 * one ERR per problem (ERR-2 to ERR-8 from v2.5, ERR-1 before), worded in the sender's language.
 * @param original the message, or `undefined` where nothing could be read (see `salvageHeader`)
 * @returns its bytes without frame; `problem` where the charset could not hold a character
 */
export function buildAck(original: Message | undefined, request: AckRequest): EncodedText {
  const header = original === undefined ? undefined : readHeader(original);
  const version = header === undefined || header.version === '' ? '2.5.1' : header.version;
  const charset = original?.charset ?? 'us-ascii';
  const rest = ackSegments(original, request);
  const write = (charsetName: FieldValue): string =>
    writeMessage([writeMsh(original, header, { request, version, charsetName }), ...rest], original?.separators);
  const declared = trueDeclaration(original, header);
  const body = write({ raw: declared });
  // An empty MSH-18 means ASCII: a text beyond it needs the name of what is really used.
  const named = declared === '' && /[^\0-\x7f]/.test(body) ? write(TABLE_0211[charset] ?? '') : body;
  return encodeText(named, charset);
}

/**
 * MSA and one ERR per problem, as an acknowledgement of this message has them behind its MSH: for answers that say more
 * than an acknowledgement.
 */
export function ackSegments(original: Message | undefined, request: AckRequest): readonly SegmentSpec[] {
  const header = original === undefined ? undefined : readHeader(original);
  const version = header === undefined || header.version === '' ? '2.5.1' : header.version;
  const language = languageOf(header, original?.charset ?? 'us-ascii');
  const errors = (request.problems ?? []).map((problem) => writeError(problem, { request, language, version }));
  return [writeMsa(original, request, language), ...errors];
}

/** What MSH-18 of an answer with text beyond ASCII calls the charset of this message; UTF-8 answers a message in ASCII. */
export function answerCharset(original: Message): string {
  const declared = readHeader(original).charset;
  const named = charsetNamed(declared);
  if (named !== undefined && 'label' in named && named.label === original.charset && original.charset !== 'us-ascii') {
    return declared;
  }
  return TABLE_0211[original.charset] ?? 'UNICODE UTF-8';
}

/**
 * Reads the MSH line alone out of bytes that cannot be decoded or parsed as a whole, for the acknowledgement.
 * Characters outside of ASCII in it are lost. `undefined` where there is no MSH.
 */
export function salvageHeader(bytes: Uint8Array): Message | undefined {
  const text = decodeStrictly(bytes.subarray(0, 4096), 'iso-8859-1') ?? '';
  const start = text.indexOf('MSH');
  if (start < 0) return undefined;
  const line = (/^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '').replace(/[^\x20-\x7e]/g, '?');
  const parsed = parseMessage(line, { charset: 'us-ascii' });
  return parsed.ok ? parsed.value : undefined;
}

/** Warnings which say that the message was decoded with another charset than it declares. */
const GUESSED = new Set<string>(['hl7.charset-wrong', 'hl7.charset-unknown', 'hl7.charset-absent']);

interface Making {
  readonly request: AckRequest;
  readonly version: string;
}

interface HeaderMaking extends Making {
  readonly charsetName: FieldValue;
}

function writeMsh(original: Message | undefined, header: MessageHeader | undefined, making: HeaderMaking): SegmentSpec {
  const { request, version, charsetName } = making;
  const msh = original?.first('MSH');
  const raw = (field: number): FieldValue => ({ raw: (msh?.field(field) ?? '').slice(0, MOST_ECHOED) });
  const fields: Record<number, FieldValue> = {
    3: raw(5),
    4: raw(6),
    5: raw(3),
    6: raw(4),
    7: formatTs(request.at, request.offset ?? 0),
    9: messageType(header?.trigger ?? '', version),
    10: request.controlId,
    11: msh === undefined || msh.field(11) === '' ? 'P' : raw(11),
    12: msh === undefined || msh.field(12) === '' ? version : raw(12),
    18: charsetName,
  };
  return { name: 'MSH', fields };
}

/** The sender's own MSH-18, as long as it is true. */
function trueDeclaration(original: Message | undefined, header: MessageHeader | undefined): string {
  if (original === undefined || header === undefined || header.charset === HL7_NULL) return '';
  const guessed = original.warnings.some((warning) => GUESSED.has(warning.code));
  return guessed ? (TABLE_0211[original.charset] ?? '') : (original.first('MSH')?.field(18) ?? '');
}

function messageType(trigger: string, version: string): FieldValue {
  if (atLeast(version, '2.3.1')) return ['ACK', trigger, 'ACK'];
  return ['ACK', atLeast(version, '2.3') ? trigger : ''];
}

function writeMsa(original: Message | undefined, request: AckRequest, language: AckLanguage): SegmentSpec {
  const [first] = request.problems ?? [];
  const text = first === undefined ? '' : ackText(first.code, language, request.condition).userText;
  const controlId = original?.first('MSH')?.field(10) ?? '';
  return { name: 'MSA', fields: { 1: request.code, 2: { raw: controlId }, 3: text } };
}

interface ErrorMaking extends Making {
  readonly language: AckLanguage;
}

function writeError(problem: Problem, { request, language, version }: ErrorMaking): SegmentSpec {
  const { condition, conditionText, userText } = ackText(problem.code, language, request.condition);
  const [segment, sequence, ...rest] = location(problem);
  if (!atLeast(version, '2.5')) {
    return { name: 'ERR', fields: { 1: [segment, sequence, rest[0] ?? '', [condition, conditionText, 'HL70357']] } };
  }
  const severity = request.severity ?? (request.code.endsWith('A') ? 'W' : 'E');
  const fields: Record<number, FieldValue> = {
    2: [segment, sequence, ...rest],
    3: [condition, conditionText, 'HL70357'],
    4: severity,
    5: [problem.code, userText, 'JINGLUO'],
    7: problem.message,
    8: userText,
  };
  return { name: 'ERR', fields };
}

/** ERL: segment, its sequence, field, repetition, component, subcomponent. */
function location(problem: Problem): readonly [string, string, ...string[]] & RepetitionValue {
  const path = problem.at?.path === undefined ? undefined : parsePath(problem.at.path);
  if (path === undefined) return ['', ''];
  const text = (n: number | undefined): string => (n === undefined ? '' : String(n));
  const repetition = path.field === undefined ? '' : String(path.repetition ?? 1);
  return [
    path.segment,
    String(path.segmentRepetition ?? 1),
    text(path.field),
    repetition,
    text(path.component),
    text(path.subcomponent),
  ];
}

function languageOf(header: MessageHeader | undefined, charset: string): AckLanguage {
  const declared = (header?.language ?? '').toLowerCase();
  if (/^(zh|chi|zho)/.test(declared)) return 'zh';
  if (declared !== '') return 'en';
  return charset === 'gb18030' || charset === 'gbk' ? 'zh' : 'en';
}

/** Compares versions by their numbers: `2.5.1` is at least `2.5`. */
function atLeast(version: string, least: string): boolean {
  const have = version.split('.').map(Number);
  const need = least.split('.').map(Number);
  for (const [i, n] of need.entries()) {
    const difference = (have[i] ?? 0) - n;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
