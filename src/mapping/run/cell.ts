import { HL7_NULL, type Segment, type Separators } from '../../hl7/message.ts';
import { allParts, nthPart } from '../../hl7/parts.ts';
import { formalParts } from './formal-parts.ts';

/** Types whose value is one text, however many delimiters a careless sender left in it. */
const PLAIN = new Set(['ST', 'TX', 'FT', 'GTS', 'SNM', 'TN', 'OG', 'varies']);

/** Types that cannot hold a delimiter: what follows one is a further component (`M^Male`, `20261121^D`). */
const ATOMIC = new Set(['ID', 'IS', 'NM', 'SI', 'DTM', 'TM', 'DT']);

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/gu;

/** A text without the control characters that no string of FHIR may hold. */
export const withoutControls = (text: string): string => (holdsControl(text) ? text.replaceAll(CONTROLS, '') : text);

/** True where a text holds a control character, line ends and tabs among them. By hand: every value is looked at. */
function holdsControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 0x20) return true;
  return false;
}

/** All components of a cell as bits. */
export const ALL_PARTS = -1;

/** Where a cell sits in its segment, and its HL7 type; shared by all cells of one path. */
export interface CellPlace {
  readonly field: number;
  readonly repetition: number;
  /** 0 for the whole repetition. */
  readonly component: number;
  readonly subcomponent: number;
  readonly type: string;
  /** Components that say nothing of their own, as bits; see {@link formalParts}. */
  readonly formal: number;
}

/** One repetition of a field, or one of its components: the HL7 side of a conversion. */
export class Cell {
  readonly segment: Segment;
  readonly place: CellPlace;
  readonly #raw: string;
  readonly #separators: Separators;
  /** The cell whose parts count as read when those of this one are. */
  #origin: Cell | undefined;
  /** Once they were asked for. */
  #parts: readonly string[] | undefined;
  #seen = 0;

  /**
   * @param raw escaped text of the repetition or component
   */
  constructor(segment: Segment, place: CellPlace, raw: string, separators: Separators) {
    this.segment = segment;
    this.place = place;
    this.#raw = raw;
    this.#separators = separators;
  }

  /** Components that were read, as bits from 1; {@link ALL_PARTS} where the whole was. */
  get seen(): number {
    return this.#seen;
  }

  /** Notes that components were read, as bits. */
  see(bits: number): void {
    this.#seen |= bits;
    this.#origin?.see(bits);
  }

  get field(): number {
    return this.place.field;
  }

  get repetition(): number {
    return this.place.repetition;
  }

  get component(): number {
    return this.place.component;
  }

  get type(): string {
    return this.place.type;
  }

  /** The sender said `""`: delete. */
  get isNull(): boolean {
    return this.#raw === HL7_NULL && this.place.component === 0;
  }

  /** Decoded part (component, or subcomponent of a component), `''` where empty, absent or null. */
  part(n: number, subcomponent = 1): string {
    if (this.place.component === 0) this.see(1 << (n < 31 ? n : 31));
    return this.peek(n, subcomponent);
  }

  /** The same without counting it as read. */
  peek(n: number, subcomponent = 1): string {
    const raw = (this.#parts ?? this.#divide())[n - 1];
    if (raw === undefined || raw === '' || raw === HL7_NULL) return '';
    const leaf = this.place.component === 0 ? nthPart(raw, this.#separators.subcomponent, subcomponent) : raw;
    return leaf === HL7_NULL ? '' : this.#clean(leaf).trim();
  }

  /** How many components it has, or subcomponents where it is a component; 1 for a plain value. */
  get count(): number {
    return Math.max(1, (this.#parts ?? this.#divide()).length);
  }

  /** True where a component has subcomponents; of a component, where it has any. */
  isDivided(n: number): boolean {
    const { subcomponent } = this.#separators;
    if (this.place.component !== 0 || subcomponent === '' || !this.#raw.includes(subcomponent)) return false;
    return this.#rawPart(n).includes(subcomponent);
  }

  /** Raw (escaped) text. */
  raw(): string {
    return this.#raw;
  }

  /** The value as one text: all of a text type, else the first component. */
  text(): string {
    const { subcomponent, type } = this.place;
    if (subcomponent > 0) return this.part(subcomponent);
    if (this.#raw === HL7_NULL) return '';
    const isPlain = PLAIN.has(type) || (ATOMIC.has(type) && !this.#raw.includes(this.#separators.component));
    if (isPlain) this.see(ALL_PARTS);
    const value = isPlain ? this.#clean(this.#raw) : this.part(1);
    return value === HL7_NULL ? '' : value.trim();
  }

  /** This cell read as another type (OBX-5 by OBX-2). */
  as(type: string): Cell {
    const place = { ...this.place, type, formal: formalParts(type) };
    const cell = new Cell(this.segment, place, this.#raw, this.#separators);
    cell.#origin = this.#origin ?? this;
    return cell;
  }

  /** A component of this cell as a cell of its own. */
  at(component: number, type: string): Cell {
    return this.inner(component, 0, type);
  }

  /** A component or subcomponent of a whole repetition, with its HL7 type. */
  inner(component: number, subcomponent: number, type: string): Cell {
    const { field, repetition } = this.place;
    this.see(1 << (component < 31 ? component : 31));
    const place = { field, repetition, component, subcomponent, type, formal: 0 };
    return new Cell(this.segment, place, this.#rawPart(component), this.#separators);
  }

  /** Decoded, without the control characters that no string of FHIR may hold. */
  #clean(raw: string): string {
    return withoutControls(this.segment.unescape(raw));
  }

  #rawPart(n: number): string {
    return (this.#parts ?? this.#divide())[n - 1] ?? '';
  }

  /** Components of a whole repetition, subcomponents of a component. */
  #divide(): readonly string[] {
    const { component, subcomponent } = this.#separators;
    this.#parts = allParts(this.#raw, this.place.component === 0 ? component : subcomponent);
    return this.#parts;
  }
}

/** A FHIR value that a function, a converter or a rule made, with the cells it was made of. */
export class Made {
  readonly type: string;
  readonly value: unknown;
  readonly cells: readonly Cell[];
  /** Children that stay as they are known where the value lacks them. */
  readonly keep: readonly string[] | undefined;

  constructor(type: string, value: unknown, cells: readonly Cell[], keep?: readonly string[]) {
    this.type = type;
    this.value = value;
    this.cells = cells;
    this.keep = keep;
  }
}

/** The cells of what was made of none, or of several that its parts know. */
export const NO_CELLS: readonly Cell[] = [];

/** What an expression yields: cells of the message or values made of them. */
export type Item = Cell | Made;

/** True for a cell that says `""`. */
export const isNull = (item: Item): boolean => item instanceof Cell && item.isNull;

/** The text of an item, `''` where it has none. */
export function textOf(item: Item): string {
  if (item instanceof Cell) return item.text();
  if (typeof item.value === 'string') return item.value;
  if (typeof item.value !== 'object' || item.value === null || !('code' in item.value)) return '';
  return typeof item.value.code === 'string' ? item.value.code : '';
}

/** The cells an item was made of. */
export const cellsOf = (item: Item): readonly Cell[] => (item instanceof Cell ? [item] : item.cells);
