import { JingluoError, type Problem } from '../../core/problem.ts';
import { ackSegments, answerCharset, type AckCode } from '../../hl7/ack.ts';
import { charsetNamed } from '../../hl7/charset-names.ts';
import { encodeText } from '../../hl7/encode.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import type { Message, Separators } from '../../hl7/message.ts';
import { STANDARD_SEPARATORS } from '../../hl7/separators.ts';
import { writeMessage, type SegmentSpec } from '../../hl7/write-message.ts';
import type { OutboundEntry, OutboundMapping, OutboundSet, OutboundSettings } from '../../mapping/outbound/contract.ts';

/** What an answer to a query is to say. */
export interface Response {
  readonly event: 'K21' | 'K22' | 'K23';
  /** MSA-1. */
  readonly code: Extract<AckCode, 'AA' | 'AE' | 'AR'>;
  /** QAK-2 (HL7 table 0208). */
  readonly status: 'OK' | 'NF' | 'AE' | 'AR';
  readonly problems: readonly Problem[];
  readonly entries: readonly OutboundEntry[];
  /** QAK-4 to QAK-6: persons that match, that are in this answer, that are left. */
  readonly counts?: { readonly total: number; readonly here: number; readonly left: number };
  /** DSC-1 where there is more. */
  readonly pointer?: string;
}

/** What surrounds an answer. */
export interface ResponseContext {
  readonly outbound: OutboundSet;
  readonly site?: string;
  readonly zone: string;
  readonly now: Date;
  /** MSH-10 of the answer. */
  readonly controlId: string;
}

/**
 * Writes RSP^K21, K22 or K23 in the charset, version and delimiters of the query, with MSH-3 to MSH-6 swapped: MSH and
 * the persons by the outbound mapping of the answer, MSA, ERR, QAK, QPD and DSC as the query wants them.
 */
export function writeResponse(
  query: { readonly message: Message; readonly header: MessageHeader },
  response: Response,
  context: ResponseContext,
): Uint8Array {
  const { message } = query;
  const charset = answerCharset(message);
  const settings = { ...settingsOf(query), charset, zone: context.zone };
  const { mapping, separators } = mappingFor(`RSP_${response.event}`, settings, message.separators, context);
  const entries = response.entries.length > 0 ? response.entries : [NO_PERSONS];
  const [made] = mapping.run({ entries }, { now: context.now, nextControlId: () => context.controlId }).messages;
  const [header = '', ...persons] = (made?.text ?? '')
    .split('\r')
    .filter((line) => line !== '' && !OURS.has(line.slice(0, 3)));
  const own = [...leading(message, response, context), queryEcho(message, separators)];
  const lines = [header, ...writeAll(own, separators), ...persons, ...writeAll(continuation(response), separators)];
  const label = charsetNamed(charset);
  return encodeText(lines.map((line) => `${line}\r`).join(''), labelIn(label)).bytes;
}

/** Segments of which the mapping knows nothing. */
const OURS: ReadonlySet<string> = new Set(['MSA', 'ERR', 'QAK', 'QPD', 'DSC']);

const NO_PERSONS: OutboundEntry = {
  resource: { resourceType: 'List', id: 'answer', status: 'current', mode: 'snapshot' },
};

const labelIn = (named: ReturnType<typeof charsetNamed>): string =>
  named !== undefined && 'label' in named ? named.label : 'utf-8';

function settingsOf({ message, header }: { message: Message; header: MessageHeader }): OutboundSettings {
  const hd = (field: number): string =>
    [1, 2, 3]
      .map((part) => (message.first('MSH')?.value(field, 1, part) ?? '').replaceAll(/[\^&]/gu, ' '))
      .join('^')
      .replace(/\^+$/u, '');
  return {
    sendingApplication: hd(5),
    sendingFacility: hd(6),
    receivingApplication: hd(3),
    receivingFacility: hd(4),
    processingId: header.processingId === '' ? 'P' : header.processingId,
    ...(/^2\.\d(?:\.\d)?$/u.test(header.version) ? { version: header.version } : {}),
  };
}

const textOf = ({ field, component, repetition, escape, subcomponent, truncation = '' }: Separators): string =>
  field + component + repetition + escape + subcomponent + truncation;

/** The mapping for this sender; in the standard's delimiters where nothing can be written in the sender's own. */
function mappingFor(
  name: string,
  settings: OutboundSettings,
  separators: Separators,
  { outbound, site }: ResponseContext,
): { readonly mapping: OutboundMapping; readonly separators: Separators } {
  const own = outbound.for(name, { ...settings, delimiters: textOf(separators) }, site);
  if (own.ok) return { mapping: own.value, separators };
  const standard = outbound.for(name, settings, site);
  if (standard.ok) return { mapping: standard.value, separators: STANDARD_SEPARATORS };
  throw new JingluoError(standard.error);
}

const writeAll = (specs: readonly (SegmentSpec | string)[], separators: Separators): readonly string[] =>
  specs.map((spec) => (typeof spec === 'string' ? spec : writeMessage([spec], separators).slice(0, -1)));

/** MSA, ERR, QAK. */
function leading(message: Message, response: Response, context: ResponseContext): readonly SegmentSpec[] {
  const { code, status, problems, counts } = response;
  const acknowledged = ackSegments(message, { code, controlId: context.controlId, at: context.now, problems });
  const qpd = message.first('QPD');
  const count = (n: number | undefined): string => (n === undefined ? '' : String(n));
  const name = [1, 2, 3].map((part) => qpd?.value(1, 1, part) ?? '');
  const fields = {
    1: qpd?.value(2) ?? '',
    2: status,
    3: name,
    4: count(counts?.total),
    5: count(counts?.here),
    6: count(counts?.left),
  };
  return [...acknowledged, { name: 'QAK', fields }];
}

/** A query larger than this is not said again whole. */
const MOST_ECHOED = 10_000;

/** QPD as it was sent. */
function queryEcho(message: Message, separators: Separators): SegmentSpec | string {
  const qpd = message.first('QPD');
  const isWhole =
    qpd !== undefined && textOf(separators) === textOf(message.separators) && qpd.text.length <= MOST_ECHOED;
  if (isWhole) return qpd.text;
  return { name: 'QPD', fields: { 1: qpd?.value(1) ?? '', 2: qpd?.value(2) ?? '' } };
}

const continuation = ({ pointer }: Response): readonly SegmentSpec[] =>
  pointer === undefined ? [] : [{ name: 'DSC', fields: { 1: pointer, 2: 'I' } }];
