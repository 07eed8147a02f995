import { isNull, Made, type Item } from '../run/cell.ts';
import type { Need } from '../run/presence.ts';
import type { Env } from '../run/run.ts';

/** Stands for the values of most outputs, which have none; never written to. */
const NONE: Made[] = [];

/** What the rules of one element yielded. */
export class Output {
  #values = NONE;
  /** The sender said `""`. */
  nulled = false;

  get values(): readonly Made[] {
    return this.#values;
  }

  add(value: Made): void {
    if (this.#values === NONE) this.#values = [value];
    else this.#values.push(value);
  }

  /** Takes the values of an expression and notes which cells they used up. */
  take(items: readonly Item[], { run }: Env, single: boolean): void {
    for (const item of items) {
      if (item instanceof Made) {
        this.add(item);
        for (const cell of item.cells) run.touch(cell);
        if (single) return;
      } else if (isNull(item)) {
        this.nulled = true;
        run.touch(item);
      }
    }
  }
}

/** A compiled rule of an element: puts what it yields into the output. */
export interface Rule {
  /** Unit of its entries in a list (DESIGN section 3): the first field it reads, `PID-13`. */
  readonly unit: string;
  /** True where it does not depend on the message. */
  readonly constant: boolean;
  /** Fields of which one must be populated for it to yield anything; undefined where it may yield without. */
  readonly needs: readonly Need[] | undefined;
  readonly label: string;
  produce(env: Env, out: Output): void;
}
