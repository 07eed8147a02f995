import type { Message, Segment } from '../../hl7/message.ts';
import type { UnmappedField, UnmappedReason } from '../result.ts';
import type { Cell } from './cell.ts';

/** Fields that are no data of a resource (delimiters, set ids, routing): by segment name their field numbers. */
export type StructuralFields = ReadonlyMap<string, ReadonlySet<number>>;

const ALL = 0xffffffff;

/** The loss account of one message: which repetitions of which fields ended in an element, and why others did not. */
export class Account {
  readonly #message: Message;
  readonly #used: (Uint32Array | undefined)[] = [];
  readonly #found: UnmappedField[] = [];

  constructor(message: Message) {
    this.#message = message;
  }

  /** Notes that the repetition of this cell is accounted for. */
  use(cell: Cell): void {
    this.#mark(cell.segment, cell.field, cell.repetition > 31 ? ALL : 1 << (cell.repetition - 1));
  }

  /** Notes that all of a field is accounted for. */
  useField(segment: Segment, field: number): void {
    this.#mark(segment, field, ALL);
  }

  /** Puts a cell on the list of what has no element. */
  lose(cell: Cell, reason: UnmappedReason): void {
    this.use(cell);
    const address = this.addressOf(cell);
    if (!this.#found.some((entry) => entry.address === address)) this.#found.push({ address, reason });
  }

  /** `PID-5[2].1`; the repetition is left out where the field has one only, the component where it is the whole. */
  addressOf(cell: Cell): string {
    const repeats = cell.segment.field(cell.field).includes(this.#message.separators.repetition);
    const repetition = repeats ? `[${cell.repetition}]` : '';
    const component = cell.component === 0 ? '' : `.${cell.component}`;
    return `${this.#segmentName(cell.segment)}-${cell.field}${repetition}${component}`;
  }

  /** Every populated field that is neither used nor structural, beside what was lost while converting. */
  unmapped(structural: StructuralFields): readonly UnmappedField[] {
    for (const segment of this.#message.segments) this.#scan(segment, structural.get(segment.name));
    return this.#found;
  }

  #scan(segment: Segment, structural: ReadonlySet<number> | undefined): void {
    const used = this.#used[segment.index];
    const count = segment.fieldCount;
    for (let field = 1; field <= count; field += 1) {
      const mask = used?.[field] ?? 0;
      if (mask === ALL || structural?.has(field) === true) continue;
      const raw = segment.field(field);
      if (raw === '' || (mask !== 0 && !raw.includes(this.#message.separators.repetition))) continue;
      this.#scanField(segment, field, mask);
    }
  }

  #scanField(segment: Segment, field: number, mask: number): void {
    const repetitions = segment.repetitions(field);
    for (const [index, raw] of repetitions.entries()) {
      if ((mask & (1 << Math.min(index, 31))) !== 0 || !this.#isPopulated(raw)) continue;
      const repetition = repetitions.length > 1 ? `[${index + 1}]` : '';
      const address = `${this.#segmentName(segment)}-${field}${repetition}`;
      this.#found.push({ address, reason: 'not-mapped' });
    }
  }

  #isPopulated(raw: string): boolean {
    const { component, subcomponent } = this.#message.separators;
    for (const character of raw) {
      if (character !== component && character !== subcomponent && character !== ' ') return true;
    }
    return false;
  }

  #mark(segment: Segment, field: number, bits: number): void {
    const used = (this.#used[segment.index] ??= new Uint32Array(segment.fieldCount + 1));
    if (field < used.length) used[field] = (used[field] ?? 0) | bits;
  }

  #segmentName(segment: Segment): string {
    let number = 0;
    for (const other of this.#message.segments) {
      if (other.name === segment.name) number += 1;
      if (other === segment) break;
    }
    return number > 1 ? `${segment.name}[${number}]` : segment.name;
  }
}
