import type { FhirResource } from '../../../fhir/patch.ts';
import { addressOf, isResource, Item } from './item.ts';
import { Run } from './run.ts';

/** What a rule sees while it runs: what it looks at, and the named resources. */
export class Env {
  readonly run: Run;
  readonly focus: Item;
  readonly names: ReadonlyMap<string, Item>;
  /** Which of its `each:` the focus is, from 1. */
  readonly index: number;
  #past: Env | undefined | null = null;

  constructor(run: Run, focus: Item, names: ReadonlyMap<string, Item>, index = 1) {
    this.run = run;
    this.focus = focus;
    this.names = names;
    this.index = index;
  }

  /** The same place looking at another value; `name` names it for the rules inside. */
  looking(focus: Item, index = this.index, name?: string): Env {
    const names = name === undefined ? this.names : new Map([...this.names, [name, focus]]);
    return new Env(this.run, focus, names, index);
  }

  /** The same place in what was said before; undefined where the resource was not known then. */
  past(): Env | undefined {
    if (this.#past === null) this.#past = this.#findPast();
    return this.#past;
  }

  #findPast(): Env | undefined {
    const { pool, past, setting } = this.run;
    if (past === undefined) return undefined;
    const focus = earlier(this.focus, (resource) => past.find(addressOf(resource)));
    if (focus === undefined) return undefined;
    const names = [...this.names].map(([name, item]): [string, Item] => [
      name,
      earlier(item, (resource) => past.find(addressOf(resource)) ?? pool.find(addressOf(resource))) ?? item,
    ]);
    const quiet = { ...setting, trace: false };
    return new Env(new Run(past, undefined, quiet), focus, new Map(names), this.index);
  }
}

/** Only whole resources have an earlier version: the entries of lists have no names. */
function earlier(item: Item, find: (resource: FhirResource) => FhirResource | undefined): Item | undefined {
  if (item.reached !== undefined || !isResource(item.value)) return undefined;
  const found = find(item.value);
  return found === undefined ? undefined : new Item(item.type, found);
}
