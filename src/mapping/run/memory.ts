/** Enough for the people, places and systems of a hospital; when full it begins again. */
const MOST = 5_000;

/** Remembers what was made for a text across messages: for what few texts name again and again, never for patients. */
export class Memory<Value> {
  #known = new Map<string, Value>();

  /** The value of a text, made the first time; `make` must always make the same of it. Undefined is not remembered. */
  get(text: string, make: () => Value): Value {
    const found = this.#known.get(text);
    if (found !== undefined) return found;
    if (this.#known.size >= MOST) this.#known = new Map();
    const value = make();
    if (value !== undefined) this.#known.set(text, value);
    return value;
  }
}
