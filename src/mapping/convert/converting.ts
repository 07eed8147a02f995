import type { ProblemCode } from '../../core/problem.ts';
import type { Hl7Time } from '../../hl7/parse-ts.ts';
import type { NaturalKey } from '../../fhir/patch.ts';
import type { Cell } from '../run/cell.ts';

/** A resource that is only made known as a reference target. */
export interface StubResource {
  readonly type: string;
  readonly key: NaturalKey;
  readonly elements: Readonly<Record<string, unknown>>;
}

/** What a conversion may ask and tell while a message is mapped. */
export interface Converting {
  /** Namespace of an identifier (DESIGN section 2): the authority it carries, else the source's domain of that kind, else the source. */
  namespace(authority: string, kind: string): string;
  /** URI of a coding system by its HL7 name (table 0396, or the site's); undefined for an unknown one. */
  codeSystem(name: string): string | undefined;
  /** Offset from UTC of a time that carries none: `+08:00`. */
  offset(time: Hl7Time): string;
  /** Times of this message that were read already, as dateTime by what was sent: many fields carry the same one. */
  readonly times: Map<string, string>;
  /** Notes that a value has not the form of its type; it goes to the unmapped list. */
  invalid(cell: Cell, expected: string): void;
  /** Notes that a table has no such code. */
  lacksCode(cell: Cell, table: string): void;
  warn(code: ProblemCode, message: string, cell?: Cell): void;
  /** Makes a resource known and returns the reference to it: `Practitioner/<id>`. */
  stub(resource: StubResource): string;
}

/** Values that one HL7 value holds, where it may hold more than one (EIP, CWE to Identifier). */
export class Several {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/** Makes a FHIR value of one HL7 value, or {@link Several}; undefined where it holds nothing or nothing usable (then it says so). */
export type Converter = (cell: Cell, to: Converting) => unknown;

const isAbsent = (part: unknown): boolean =>
  part === undefined || part === '' || (Array.isArray(part) && part.length === 0);

/** Leaves out what is undefined or empty; the value itself where nothing is, undefined when nothing is left. */
export function compact(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  let absent = 0;
  let present = 0;
  for (const key in value) {
    if (isAbsent(value[key])) absent += 1;
    else present += 1;
  }
  if (present === 0) return undefined;
  if (absent === 0) return value;
  const out: Record<string, unknown> = {};
  for (const key in value) {
    const part = value[key];
    if (!isAbsent(part)) out[key] = part;
  }
  return out;
}
