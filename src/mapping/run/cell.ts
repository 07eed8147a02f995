import { HL7_NULL, type Segment } from '../../hl7/message.ts';

/** Types whose value is one text, however many delimiters a careless sender left in it. */
const PLAIN = new Set(['ST', 'TX', 'FT', 'ID', 'IS', 'NM', 'SI', 'DTM', 'TM', 'DT', 'GTS', 'SNM', 'TN', 'varies']);

/** One repetition of a field, or one of its components: the HL7 side of a conversion. */
export class Cell {
  readonly segment: Segment;
  readonly field: number;
  readonly repetition: number;
  /** 0 for the whole repetition. */
  readonly component: number;
  readonly subcomponent: number;
  readonly type: string;
  /** The sender said `""`: delete. */
  readonly isNull: boolean;

  constructor(segment: Segment, where: CellPlace, isNull = false) {
    this.segment = segment;
    this.field = where.field;
    this.repetition = where.repetition;
    this.component = where.component;
    this.subcomponent = where.subcomponent;
    this.type = where.type;
    this.isNull = isNull;
  }

  /** Decoded part (component, or subcomponent of a component), `''` where empty, absent or null. */
  part(n: number, subcomponent = 1): string {
    const value =
      this.component === 0
        ? this.segment.value(this.field, this.repetition, n, subcomponent)
        : this.segment.value(this.field, this.repetition, this.component, n);
    return value === HL7_NULL ? '' : value;
  }

  /** Raw (escaped) text. */
  raw(): string {
    if (this.component === 0) return this.segment.repetitions(this.field)[this.repetition - 1] ?? '';
    return this.segment.component(this.field, this.repetition, this.component);
  }

  /** The value as one text: all of a text type, else the first component. */
  text(): string {
    if (this.isNull) return '';
    if (this.subcomponent > 0) return this.part(this.subcomponent);
    const value = PLAIN.has(this.type) ? this.segment.unescape(this.raw()) : this.part(1);
    return value === HL7_NULL ? '' : value.trim();
  }

  /** This cell read as another type (OBX-5 by OBX-2). */
  as(type: string): Cell {
    const { field, repetition, component, subcomponent } = this;
    return new Cell(this.segment, { field, repetition, component, subcomponent, type }, this.isNull);
  }

  /** A component of this cell as a cell of its own. */
  at(component: number, type: string): Cell {
    const { field, repetition } = this;
    return new Cell(this.segment, { field, repetition, component, subcomponent: 0, type });
  }
}

/** Where a cell sits in its segment, and its HL7 type. */
export interface CellPlace {
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
  readonly type: string;
}

/** A FHIR value that a function or a converter made, with the cells it was made of. */
export class Made {
  readonly type: string;
  readonly value: unknown;
  readonly cells: readonly Cell[];

  constructor(type: string, value: unknown, cells: readonly Cell[]) {
    this.type = type;
    this.value = value;
    this.cells = cells;
  }
}

/** What an expression yields: cells of the message or values made of them. */
export type Item = Cell | Made;

/** True for a cell that says `""`. */
export const isNull = (item: Item): boolean => item instanceof Cell && item.isNull;

/** The text of an item, `''` where it has none. */
export function textOf(item: Item): string {
  if (item instanceof Cell) return item.text();
  if (typeof item.value === 'string') return item.value;
  return typeof item.value === 'object' && item.value !== null && 'code' in item.value ? String(item.value.code) : '';
}

/** The cells an item was made of. */
export const cellsOf = (item: Item): readonly Cell[] => (item instanceof Cell ? [item] : item.cells);
