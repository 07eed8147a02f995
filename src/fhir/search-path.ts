import { childrenAt, choiceName, elementOf, type ElementModel, type InlineChildren } from './elements.ts';
import { isObject } from './json.ts';

/** One way through a resource to values of one data type. */
export interface SearchPath {
  readonly steps: readonly Step[];
  /** Data type of the values. */
  readonly type: string;
  /** Resource types that references there may point at; empty: any. */
  readonly targets: readonly string[];
  /** Resource type that `where(resolve() is T)` keeps. */
  readonly only?: string;
}

interface Step {
  readonly name: string;
  /** `where(name='value')` after the step. */
  readonly where?: { readonly name: string; readonly value: string };
}

/** Calls back with every value that a path leads to. */
export type Visit = (value: unknown) => void;

/** Is given every value that a path leads to, and what the caller collects in. */
export type Collect<C> = (value: unknown, into: C) => void;

const SPLIT = /\.(?![^(]*\))/;
const WHERE = /^where\((\w+)='([^']*)'\)$/;
const RESOLVE = /^where\(resolve\(\) is (\w+)\)$/;
const OF_TYPE = /^ofType\((\w+)\)$/;

interface Walk {
  readonly at: InlineChildren | undefined;
  readonly steps: readonly Step[];
  /** Elements that the walk stands on; several for a choice. */
  readonly found: readonly (Step & { readonly element: ElementModel })[];
  readonly only?: string;
}

/**
 * Compiles the part of FHIRPath that search parameters use: names, `ofType(T)`, `where(name='value')`,
 * `where(resolve() is T)`, alternatives with `|`. What leads nowhere in R4 is left out.
 * @param from where the path begins: a type, or an element declared in one
 */
export function compilePaths(from: InlineChildren, expression: string): readonly SearchPath[] {
  return expression.split('|').flatMap((path) => compilePath(from, path));
}

function compilePath(from: InlineChildren, path: string): readonly SearchPath[] {
  let walks: readonly Walk[] = [{ at: from, steps: [], found: [] }];
  for (const segment of path.split(SPLIT)) walks = walks.flatMap((walk) => advance(walk, segment));
  return walks.flatMap(({ steps, found, only }) =>
    found.flatMap(({ element, ...step }) =>
      element.types.map((type) => ({
        steps: [...steps, step],
        type,
        targets: element.targets,
        ...(only === undefined ? {} : { only }),
      })),
    ),
  );
}

function advance(walk: Walk, segment: string): readonly Walk[] {
  const resolve = RESOLVE.exec(segment)?.[1];
  if (resolve !== undefined) return [{ ...walk, only: resolve }];
  const ofType = OF_TYPE.exec(segment)?.[1];
  // HL7's table has `DateTime` once.
  if (ofType !== undefined) {
    const type = ofType === 'DateTime' ? 'dateTime' : ofType;
    return [{ ...walk, found: walk.found.filter(({ element }) => element.types.includes(type)) }];
  }
  const where = WHERE.exec(segment);
  if (where !== null) {
    const filter = { name: where[1] ?? '', value: where[2] ?? '' };
    return [{ ...walk, found: walk.found.map((step) => ({ ...step, where: filter })) }];
  }
  return walk.found.length === 0 ? stepFrom(walk, segment) : entered(walk).flatMap((next) => stepFrom(next, segment));
}

/** Takes the steps that were found, each as a walk of its own. */
function entered(walk: Walk): readonly Walk[] {
  return walk.found.map(({ element, ...step }) => ({
    at: childrenAt(element),
    steps: [...walk.steps, step],
    found: [],
  }));
}

function stepFrom(walk: Walk, segment: string): readonly Walk[] {
  const { at } = walk;
  if (at === undefined) return [];
  const path = at.path === '' ? segment : `${at.path}.${segment}`;
  const plain = elementOf(at.type, path);
  if (plain !== undefined) return [{ ...walk, found: [{ element: plain, name: segment }] }];
  const choice = elementOf(at.type, `${path}[x]`);
  if (choice === undefined) return [];
  const found = choice.types.map((type) => ({
    element: { ...choice, types: [type] },
    name: choiceName(`${segment}[x]`, type),
  }));
  return [{ ...walk, found }];
}

/** Calls `visit` for every value at the end of the steps; lists are walked through. */
export function visitPath(value: unknown, steps: readonly Step[], visit: Visit): void {
  compileWalk<undefined>(steps, visit)(value, undefined);
}

/** The walk of `visitPath` as one function, for steps that are walked often. */
export function compileWalk<C>(steps: readonly Step[], collect: Collect<C>): Collect<C> {
  return steps.reduceRight((next, step) => eachEntry(stepInto(step, next)), eachEntry(collect));
}

function eachEntry<C>(collect: Collect<C>): Collect<C> {
  const each: Collect<C> = (value, into) => {
    if (Array.isArray(value)) for (const entry of value) each(entry, into);
    else if (value !== undefined && value !== null) collect(value, into);
  };
  return each;
}

function stepInto<C>({ name, where }: Step, next: Collect<C>): Collect<C> {
  if (where === undefined) {
    return (value, into) => {
      if (isObject(value)) next(value[name], into);
    };
  }
  return (value, into) => {
    if (isObject(value)) next(filtered(value[name], where), into);
  };
}

function filtered(value: unknown, where: { readonly name: string; readonly value: string }): unknown {
  const matches = (entry: unknown): boolean => isObject(entry) && entry[where.name] === where.value;
  if (Array.isArray(value)) return value.filter(matches);
  return matches(value) ? value : undefined;
}
