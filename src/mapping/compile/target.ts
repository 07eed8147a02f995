import type { Item } from '../run/cell.ts';
import { isNull, Made } from '../run/cell.ts';
import type { Need } from '../run/presence.ts';
import type { Env } from '../run/run.ts';

/** One value on its way into an element. */
export interface Value {
  readonly type: string;
  readonly value: unknown;
  /** The item it was made of, where it was one. */
  readonly item?: Made;
  /** Children that stay as they are known where the value lacks them. */
  readonly keep?: readonly string[];
}

/** What the rules of one element yielded. */
export class Output {
  readonly values: Value[] = [];
  nulled = false;

  /** Takes the values of an expression and notes which cells they used up. */
  take(items: readonly Item[], env: Env, single: boolean): void {
    if (items.length === 0) return;
    for (const item of items) {
      if (isNull(item)) {
        this.nulled = true;
        this.#touch(item, env);
      } else if (item instanceof Made) {
        this.values.push({ type: item.type, value: item.value, item });
        this.#touch(item, env);
        if (single) return;
      }
    }
  }

  #touch(item: Item, env: Env): void {
    if (!(item instanceof Made)) {
      env.run.touch(item);
      return;
    }
    for (const cell of item.cells) env.run.touch(cell);
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
