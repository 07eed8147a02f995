import { HL7_NULL, type Message, type Segment } from '../../hl7/message.ts';
import { isHeader } from '../../hl7/segment.ts';
import type { UnmappedReason } from '../result.ts';
import { ALL_PARTS, type Cell } from './cell.ts';
import type { Presence } from './presence.ts';
import type { Recalled } from './recalled.ts';

/** By segment name the numbers of some of its fields. */
export type FieldNumbers = ReadonlyMap<string, ReadonlySet<number>>;

type Numbers = ReadonlySet<number>;

/** What a mapping declares of fields that no rule reads. */
interface Declared {
  /** No data of a resource. */
  readonly structural: FieldNumbers;
  /** Data that R4 has no element for. */
  readonly noPlace: FieldNumbers;
}

/** A part of a message that ended in no element: a whole repetition of a field, or one of its components. */
export interface LeftPart {
  readonly segment: Segment;
  readonly field: number;
  /** From 1. */
  readonly repetition: number;
  /** From 1; 0 is the whole repetition. */
  readonly component: number;
  /** Those of the component that are meant, where not all are. */
  readonly subcomponents?: readonly number[];
  /** `PID-5[2].1` */
  readonly address: string;
  /** Undefined for what is about the message itself: it is kept where it may be, and never listed. */
  readonly reason: UnmappedReason | undefined;
}

/** A repetition that is looked at, and why it would be lost. */
interface ScannedPlace extends Pick<LeftPart, 'segment' | 'field' | 'repetition' | 'reason'> {
  /** `[2]`; empty where the field has one repetition only. */
  readonly suffix: string;
}

/** How one segment is looked through. */
interface Scanning {
  readonly structural: Numbers | undefined;
  readonly noPlace: Numbers | undefined;
  /** Why a field of it is not in an element, where nothing else is declared. */
  readonly reason: UnmappedReason | undefined;
}

const NO_SEGMENTS: ReadonlySet<string> = new Set();
const NO_NUMBERS: Numbers = new Set();
const SPACE = 0x20;
const bit = (component: number): number => 1 << (component < 31 ? component : 31);

/** Components that are accounted for with a cell, as bits: those that were read, and what goes with them formally. */
export function partsUsed(cell: Cell): number {
  const { component, formal } = cell.place;
  if (component > 0) return bit(component);
  return cell.isNull ? ALL_PARTS : cell.seen | formal;
}

/** The loss account of one message: which components of which fields ended in an element, and why others did not. */
export class Account {
  readonly #message: Message;
  readonly #presence: Presence;
  /** Components of the first repetition of every field of the message, as bits. */
  readonly #used: number[];
  /** Components with subcomponents that a rule has read, of which nobody knows whether all went into an element. */
  readonly #divided: LeftPart[] = [];
  readonly #holdsDivided: boolean;
  readonly #component: number;
  readonly #subcomponent: number;
  /** Components of further repetitions. */
  readonly #repeated = new Map<string, number>();
  readonly #found: LeftPart[] = [];
  /** Addresses of what was found: a message may have very many. */
  readonly #listed = new Set<string>();

  constructor(message: Message, presence: Presence) {
    this.#message = message;
    this.#presence = presence;
    this.#component = message.separators.component.charCodeAt(0);
    this.#subcomponent = message.separators.subcomponent.charCodeAt(0);
    this.#holdsDivided = holdsDivided(message);
    this.#used = new Array<number>(presence.fieldCount).fill(0);
  }

  /** Notes that what was read of this cell is accounted for, and what goes with it formally. */
  use(cell: Cell): void {
    this.#mark(cell, partsUsed(cell));
  }

  /** The same for what went into a value that a rule remembered. */
  useAgain({ fields, segments, marks }: Recalled): void {
    for (const { read, repetition, bits } of marks) {
      const segment = segments[read];
      const field = fields[read];
      if (segment !== undefined && field !== undefined) this.#mark({ segment, field, repetition }, bits);
    }
  }

  /** Notes that all of a field is accounted for. */
  useField(segment: Segment, field: number): void {
    this.#markFirst(segment, field, ALL_PARTS);
    const { length } = segment.repetitions(field);
    for (let repetition = 2; repetition <= length; repetition += 1) {
      this.#repeated.set(keyOf(segment, field, repetition), ALL_PARTS);
    }
  }

  /** Puts a cell on the list of what has no element. */
  lose(cell: Cell, reason: UnmappedReason): void {
    this.#mark(cell, cell.component > 0 ? bit(cell.component) : ALL_PARTS);
    const { segment, field, repetition, component } = cell;
    this.#list({ segment, field, repetition, component, address: this.addressOf(cell), reason });
  }

  /** `PID-5[2].1`; the repetition is left out where the field has one only, the component where it is the whole. */
  addressOf(cell: Cell): string {
    const repeats = cell.segment.field(cell.field).includes(this.#message.separators.repetition);
    const repetition = repeats ? `[${cell.repetition}]` : '';
    const component = cell.component === 0 ? '' : `.${cell.component}`;
    return `${this.#segmentName(cell.segment)}-${cell.field}${repetition}${component}`;
  }

  /**
   * Every populated component that is neither used nor structural, behind what was lost while converting.
   * @param about segments about the message itself of which structural fields are wanted too
   */
  left({ structural, noPlace }: Declared, about: ReadonlySet<string> = NO_SEGMENTS): readonly LeftPart[] {
    for (const segment of this.#message.segments) {
      const name = this.#presence.nameOf(segment);
      const own = structural.get(name);
      if (about.has(name)) this.#scan(segment, { structural: NO_NUMBERS, noPlace: NO_NUMBERS, reason: undefined });
      else this.#scan(segment, { structural: own, noPlace: noPlace.get(name), reason: 'not-mapped' });
    }
    return this.#found;
  }

  /** Components with subcomponents that a rule has read, once {@link left} was asked for. */
  get divided(): readonly LeftPart[] {
    return this.#divided;
  }

  #scan(segment: Segment, { structural, noPlace, reason: usual }: Scanning): void {
    const start = this.#presence.startOf(segment);
    const { repetition } = this.#message.separators;
    const count = segment.fieldCount;
    for (let field = isHeader(segment.name) ? 3 : 1; field <= count; field += 1) {
      if (structural?.has(field) === true) continue;
      const raw = segment.field(field);
      if (raw === '') continue;
      const reason = noPlace?.has(field) === true ? 'no-place-in-r4' : usual;
      if (raw.includes(repetition)) this.#scanRepetitions(segment, field, reason);
      else this.#scanParts(raw, this.#used[start + field] ?? 0, { segment, field, repetition: 1, suffix: '', reason });
    }
  }

  #scanRepetitions(segment: Segment, field: number, reason: UnmappedReason | undefined): void {
    for (const [index, raw] of segment.repetitions(field).entries()) {
      const repetition = index + 1;
      const first = this.#used[this.#presence.startOf(segment) + field] ?? 0;
      const mask = index === 0 ? first : (this.#repeated.get(keyOf(segment, field, repetition)) ?? 0);
      this.#scanParts(raw, mask, { segment, field, repetition, suffix: `[${repetition}]`, reason });
    }
  }

  #scanParts(raw: string, mask: number, place: ScannedPlace): void {
    if (mask === ALL_PARTS) return;
    if (mask === 0) {
      if (this.#isPopulated(raw)) this.#add(place, 0);
      return;
    }
    const { component } = this.#message.separators;
    // A value of one component was read whatever is asked of it.
    const isSeveral = component !== '' && raw.includes(component);
    if (!isSeveral && !this.#isDivided(raw)) return;
    let start = 0;
    for (let number = 1; start <= raw.length; number += 1) {
      const at = isSeveral ? raw.indexOf(component, start) : -1;
      const end = at < 0 ? raw.length : at;
      if (end > start) this.#scanPart(raw.slice(start, end), (mask & bit(number)) !== 0, place, number);
      start = end + 1;
    }
  }

  #scanPart(part: string, isUsed: boolean, place: ScannedPlace, number: number): void {
    if (isUsed) {
      if (this.#isDivided(part)) this.#divided.push(this.#partOf(place, number));
    } else if (part !== HL7_NULL && this.#isPopulated(part)) {
      this.#add(place, number);
    }
  }

  #isDivided(raw: string): boolean {
    return this.#holdsDivided && raw.includes(this.#message.separators.subcomponent);
  }

  #add(place: ScannedPlace, component: number): void {
    this.#list(this.#partOf(place, component));
  }

  #partOf({ segment, field, repetition, suffix, reason }: ScannedPlace, component: number): LeftPart {
    const part = component === 0 ? '' : `.${component}`;
    const address = `${this.#segmentName(segment)}-${field}${suffix}${part}`;
    return { segment, field, repetition, component, address, reason };
  }

  #list(part: LeftPart): void {
    if (this.#listed.has(part.address)) return;
    this.#listed.add(part.address);
    this.#found.push(part);
  }

  #isPopulated(raw: string): boolean {
    for (let at = 0; at < raw.length; at += 1) {
      const code = raw.charCodeAt(at);
      if (code !== this.#component && code !== this.#subcomponent && code !== SPACE) return true;
    }
    return false;
  }

  #mark({ segment, field, repetition }: Pick<Cell, 'segment' | 'field' | 'repetition'>, bits: number): void {
    if (repetition > 1) {
      const key = keyOf(segment, field, repetition);
      this.#repeated.set(key, (this.#repeated.get(key) ?? 0) | bits);
      return;
    }
    this.#markFirst(segment, field, bits);
  }

  #markFirst(segment: Segment, field: number, bits: number): void {
    if (field > segment.fieldCount) return;
    const at = this.#presence.startOf(segment) + field;
    this.#used[at] = (this.#used[at] ?? 0) | bits;
  }

  #segmentName(segment: Segment): string {
    const name = this.#presence.nameOf(segment);
    const number = this.#presence.numberOf(segment);
    return number > 1 ? `${name}[${number}]` : name;
  }
}

/** Most messages have no value with subcomponents; MSH-2, which declares their delimiter, ends before 8. */
function holdsDivided({ text, separators: { subcomponent } }: Message): boolean {
  return subcomponent !== '' && text.includes(subcomponent, MSH_3);
}

const MSH_3 = 8;

const keyOf = (segment: Segment, field: number, repetition: number): string =>
  `${segment.index}-${field}-${repetition}`;
