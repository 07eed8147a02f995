import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { HL7_NULL, type Message, type Segment } from '../../hl7/message.ts';

/** A number with who gave it, as the sender writes it (CX); empty parts are absent. */
export interface AskedNumber {
  readonly value: string;
  /** CX-5: HL7 table 0203. */
  readonly kind: string;
  readonly domain: AskedDomain;
}

/** An assigning authority (HD): name, universal id and its type. */
export interface AskedDomain {
  readonly name: string;
  readonly id: string;
  readonly idType: string;
  /** Where it stands, for errors. */
  readonly path: string;
}

/** One `@PID.5.1^value` of a search by demographics. */
export interface AskedField {
  /** `PID-5`: field, component and subcomponent, 0 where they are not said. */
  readonly field: number;
  readonly component: number;
  readonly subcomponent: number;
  /** Decoded texts of the value: components, each with its subcomponents. */
  readonly value: readonly (readonly string[])[];
  readonly path: string;
}

/** What every query says beside what it asks about. */
interface QueryControl {
  /** QPD-1 as it was sent, QPD-2. */
  readonly name: string;
  readonly tag: string;
  /** Domains whose numbers are wanted (QPD-4 or QPD-8); empty: all. */
  readonly domains: readonly AskedDomain[];
}

/** A patient query, read. */
export type Query =
  | (QueryControl & {
      /** Q22: find candidates by demographics. */
      readonly kind: 'candidates';
      readonly fields: readonly AskedField[];
      /** RCP-2: persons in one answer; absent: as many as we give. */
      readonly limit?: number;
      /** DSC-1: where the answer before ended. */
      readonly pointer?: string;
    })
  | (QueryControl & {
      /** Q23: the other numbers of a patient; Q21: a patient's demographics. */
      readonly kind: 'numbers' | 'demographics';
      readonly number: AskedNumber;
    });

/** Repetitions of a query parameter that are looked at; nobody asks for more fields or domains. */
const MOST_REPETITIONS = 100;

const KINDS = { Q21: 'demographics', Q22: 'candidates', Q23: 'numbers' } as const;

/** Kind of the answer to a query event: `K22` to Q22; undefined for queries that are not answered. */
export const answerEvent = (trigger: string): 'K21' | 'K22' | 'K23' | undefined =>
  trigger === 'Q21' ? 'K21' : trigger === 'Q22' ? 'K22' : trigger === 'Q23' ? 'K23' : undefined;

const isKnown = (trigger: string): trigger is keyof typeof KINDS => Object.hasOwn(KINDS, trigger);

/**
 * Reads QBP^Q21, Q22 or Q23 (HL7 v2.8.2 chapter 3.3.56 to 3.3.58; IHE ITI-21, ITI-9).
 * @param trigger MSH-9.2
 */
export function readQuery(message: Message, trigger: string): Result<Query, Problem> {
  if (!isKnown(trigger)) return unsupported('This query is not answered here.', 'MSH-9.2');
  const qpd = message.first('QPD');
  if (qpd === undefined) return err(problem('hl7.segment-missing', 'The query has no QPD.', { path: 'QPD' }));
  const kind = KINDS[trigger];
  if (Math.max(...[3, 4, 8].map((field) => qpd.repetitions(field).length)) > MOST_REPETITIONS) {
    return err(problem('pipeline.query-invalid', `More than ${MOST_REPETITIONS} parameters.`, { path: 'QPD' }));
  }
  const mode = message.first('RCP')?.value(1) ?? '';
  if (mode === 'D') return unsupported('Answers are given at once (RCP-1 I).', 'RCP-1');
  const common = { name: qpd.field(1), tag: qpd.value(2), domains: domainsIn(qpd, kind === 'candidates' ? 8 : 4) };
  if (kind === 'candidates') return readCandidates(message, qpd, common);
  const number = numberIn(qpd);
  if (number.value !== '') return ok({ ...common, kind, number });
  return err(problem('pipeline.query-invalid', 'QPD-3 names no patient number.', { path: 'QPD-3' }));
}

function unsupported(message: string, path: string): Result<never, Problem> {
  return err(problem('pipeline.query-unsupported', message, { path }));
}

function readCandidates(message: Message, qpd: Segment, common: QueryControl): Result<Query, Problem> {
  const fields: AskedField[] = [];
  for (let n = 1; n <= qpd.repetitions(3).length; n += 1) {
    const field = fieldIn(qpd, n, message);
    if (!field.ok) return field;
    fields.push(field.value);
  }
  const limit = limitIn(message);
  if (!limit.ok) return limit;
  const pointer = message.first('DSC')?.value(1) ?? '';
  return ok({
    ...common,
    kind: 'candidates',
    fields,
    ...(limit.value === undefined ? {} : { limit: limit.value }),
    ...(pointer === '' ? {} : { pointer }),
  });
}

/** RCP-2 in records; other units (characters, lines, pages) make no sense over a stream. */
function limitIn(message: Message): Result<number | undefined, Problem> {
  const rcp = message.first('RCP');
  const text = rcp?.value(2) ?? '';
  if (text === '') return ok(undefined);
  const unit = rcp?.value(2, 1, 2) ?? '';
  if (unit !== '' && unit !== 'RD') return unsupported('Answers are limited by records (RCP-2 n^RD).', 'RCP-2.2');
  if (/^[1-9]\d{0,5}$/u.test(text)) return ok(Number(text));
  return err(problem('pipeline.query-invalid', 'Expected a number of records.', { path: 'RCP-2.1' }));
}

const SELECTOR = /^@?PID[.-](\d{1,2})(?:\[1\])?(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?$/u;

function fieldIn(qpd: Segment, n: number, message: Message): Result<AskedField, Problem> {
  const path = `QPD-3[${n}]`;
  const match = SELECTOR.exec(qpd.value(3, n, 1).trim());
  if (match === null) {
    return err(problem('pipeline.query-invalid', 'Expected a field of PID, such as @PID.5.1.', { path: `${path}.1` }));
  }
  const parts: readonly (string | undefined)[] = match.slice(1);
  const [field = 0, component = 0, subcomponent = 0] = parts.map((part) => Number(part ?? '0'));
  const raw = (qpd.repetitions(3)[n - 1] ?? '').split(message.separators.component).slice(1, 20);
  const value = raw.map((text) => text.split(message.separators.subcomponent).slice(0, 20).map(qpd.unescape.bind(qpd)));
  return ok({ field, component, subcomponent, value: value.map((parts) => parts.map(plain)), path: `${path}.2` });
}

const plain = (text: string): string => (text === HL7_NULL ? '' : text.trim());

function numberIn(qpd: Segment): AskedNumber {
  return { value: plain(qpd.value(3)), kind: plain(qpd.value(3, 1, 5)), domain: domainIn(qpd, 3, 1) };
}

function domainsIn(qpd: Segment, field: number): readonly AskedDomain[] {
  return qpd
    .repetitions(field)
    .map((_, index) => domainIn(qpd, field, index + 1))
    .filter(({ name, id }) => name !== '' || id !== '');
}

/** CX-4 of a repetition. */
function domainIn(qpd: Segment, field: number, repetition: number): AskedDomain {
  const part = (n: number): string => plain(qpd.value(field, repetition, 4, n));
  const path = field === 3 ? 'QPD-3.4' : `QPD-${field}[${repetition}]`;
  return { name: part(1), id: part(2), idType: part(3), path };
}
