import type { Segment } from '../../hl7/message.ts';
import type { Read } from '../compile/footprint.ts';
import { Output } from '../compile/target.ts';
import { Cell, Made, NO_CELLS } from './cell.ts';
import { partsUsed } from './account.ts';
import type { Era } from './era.ts';
import type { Mark, Recalled } from './recalled.ts';
import type { Env, MadeStub, Run } from './run.ts';

/** What a rule yielded for certain texts. */
interface Known {
  readonly values: readonly Made[];
  readonly nulled: boolean;
  readonly stubs: readonly MadeStub[];
  readonly marks: readonly Mark[];
}

/** The texts of the fields that a rule reads, one behind the other, and the segments they stand in. */
interface Asked {
  readonly text: string;
  readonly segments: Recalled['segments'];
  readonly era: Era;
}

/** Longer texts are no codes. */
const LONGEST = 160;
/** Texts that one rule knows at most; then it begins again. */
const MOST = 500;
/** Messages after which a rule is judged, and the share of them that must have been known. */
const WINDOW = 400;
const WORTH = 0.5;
/** Times that a rule not worth it is passed over before it is judged again. */
const REST = 20_000;

type Produce = (env: Env, out: Output) => void;

/**
 * What a rule yielded for texts that come again and again: codes, wards, doctors. A hospital sends few of them in many
 * messages. Only for rules that nothing but their fields decides; what a rule tells beside its values (warnings, other
 * resources it asks for) is not remembered, so those texts are not either. A rule whose texts are mostly new, as those
 * of patients are, remembers nothing.
 */
export class Recall {
  readonly #reads: readonly Read[];
  readonly #fields: readonly number[];
  readonly #produce: Produce;
  /** By what else decides what rules yield. */
  #byEra = new WeakMap<Era, Map<string, Known>>();
  #asked = 0;
  #met = 0;
  #resting = 0;

  constructor(reads: readonly Read[], produce: Produce) {
    this.#reads = reads;
    this.#fields = reads.map(({ field }) => field);
    this.#produce = produce;
  }

  produce(env: Env, out: Output): void {
    const { run } = env;
    if (this.#resting > 0 || run.era === undefined) {
      if (this.#resting > 0) this.#resting -= 1;
      this.#produce(env, out);
      return;
    }
    const segments = this.#segmentsOf(env);
    const text = this.#textOf(segments);
    if (text.length > LONGEST || (env.instance !== undefined && env.instance.also.length > 0)) {
      this.#produce(env, out);
      return;
    }
    const found = this.#byEra.get(run.era)?.get(text);
    this.#judge(found !== undefined);
    if (found === undefined) this.#remember({ text, segments, era: run.era }, env, out);
    else this.#again(found, segments, run, out);
  }

  #segmentsOf(env: Env): Recalled['segments'] {
    const [first, second] = this.#reads;
    if (first !== undefined && second === undefined) return [first.segmentOf(env)];
    return this.#reads.map(({ segmentOf }) => segmentOf(env));
  }

  /** A carriage return ends segments, so no field holds one. */
  #textOf(segments: readonly (Segment | undefined)[]): string {
    const reads = this.#reads;
    let text = segments[0]?.field(reads[0]?.field ?? 0) ?? '';
    for (let at = 1; at < reads.length; at += 1) text += `\r${segments[at]?.field(reads[at]?.field ?? 0) ?? ''}`;
    return text;
  }

  #judge(met: boolean): void {
    if (met) this.#met += 1;
    this.#asked += 1;
    if (this.#asked < WINDOW) return;
    if (this.#met < WORTH * WINDOW) {
      this.#resting = REST;
      this.#byEra = new WeakMap();
    }
    this.#asked = 0;
    this.#met = 0;
  }

  #again(found: Known, segments: Recalled['segments'], run: Run, out: Output): void {
    for (const value of found.values) out.add(value);
    if (found.nulled) out.nulled = true;
    for (const stub of found.stubs) run.stubAgain(stub);
    if (found.marks.length > 0) run.touchAgain({ fields: this.#fields, segments, marks: found.marks });
  }

  #remember({ text, segments, era }: Asked, env: Env, out: Output): void {
    const { run } = env;
    const before = run.watch();
    const own = new Output();
    this.#produce(env, own);
    for (const value of own.values) out.add(value);
    if (own.nulled) out.nulled = true;
    const seen = run.seenSince(before);
    const marks = seen === undefined ? undefined : this.#marksOf(seen.touched, segments);
    if (seen === undefined || marks === undefined) return;
    let known = this.#byEra.get(era);
    if (known === undefined) this.#byEra.set(era, (known = new Map<string, Known>()));
    if (known.size >= MOST) known.clear();
    // Cells would hold on to the whole message.
    const values = own.values.map(({ type, value, keep }) => new Made(type, frozen(value), NO_CELLS, keep));
    known.set(text, { values, nulled: own.nulled, stubs: seen.stubs, marks });
  }

  /** Undefined where something else than the fields of the rule was touched. */
  #marksOf(touched: readonly (Cell | Recalled)[], segments: Recalled['segments']): readonly Mark[] | undefined {
    const marks: Mark[] = [];
    for (const { segment, field, repetition, bits } of touched.flatMap(partsOf)) {
      const read = this.#fields.findIndex((own, at) => own === field && segments[at] === segment);
      if (read < 0) return undefined;
      marks.push({ read, repetition, bits });
    }
    return marks;
  }
}

/** Parts of one repetition of a field, as bits. */
interface Parts {
  readonly segment: Segment | undefined;
  readonly field: number | undefined;
  readonly repetition: number;
  readonly bits: number;
}

/** What was touched of the message, by a rule that looked or by one that remembered. */
function partsOf(touched: Cell | Recalled): readonly Parts[] {
  if (touched instanceof Cell) {
    const { segment, field, repetition } = touched;
    return [{ segment, field, repetition, bits: partsUsed(touched) }];
  }
  const { segments, fields, marks } = touched;
  return marks.map(({ read, repetition, bits }) => ({
    segment: segments[read],
    field: fields[read],
    repetition,
    bits,
  }));
}

/** Many messages share it from now on, so nobody may write into it. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) for (const item of value) frozen(item);
  else if (isPlain(value)) for (const item of Object.values(value)) frozen(item);
  else return value;
  return Object.freeze(value);
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
