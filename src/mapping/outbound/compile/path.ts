import { didYouMean } from '../../../core/nearest.ts';
import { isObject, listOf } from '../../../fhir/json.ts';
import {
  elementsOf,
  findElement,
  isResourceType,
  propertyName,
  typeName,
  type Element,
} from '../../types/fhir-model.ts';
import type { Condition, ElementPath, Root, Step } from '../language/ast.ts';
import type { Env } from '../run/env.ts';
import { holderOf, isResource, Item } from '../run/item.ts';
import { NOTHING, typed, type CompileContext, type Compiled, type Test, type Typed } from './compiled.ts';

/** Compiles the condition of a filter. */
type CompileTest = (condition: Condition, context: CompileContext) => Test;

/** A member of a choice, or the only name of another element. */
interface Property {
  readonly name: string;
  readonly type: string;
}

const propertyCache = new Map<string, readonly Property[]>();

/** The names that an element has in JSON, with the types of their values. */
function propertiesOf(owner: string, element: Element): readonly Property[] {
  const key = `${owner}.${element.name}:${element.types.join('|')}`;
  const known = propertyCache.get(key);
  if (known !== undefined) return known;
  const single = { name: element.name, type: element.children ?? typeName(element.types[0] ?? '') };
  const names = new Map(element.types.map((type) => [propertyName(element, type), typeName(type)]));
  const made = element.choice ? [...names].map(([name, type]) => ({ name, type })) : [single];
  propertyCache.set(key, made);
  return made;
}

const TARGET = /^(?:Reference|canonical)\((.+)\)$/u;

/** The types of an element; those of its references together with what they may point at. */
function typesOf(owner: string, element: Element): readonly Typed[] {
  const targets = element.types.flatMap((type) => TARGET.exec(type)?.[1] ?? []);
  return propertiesOf(owner, element).map(({ type }) => typed(type, type === 'Reference' ? targets : []));
}

const NONE: readonly Item[] = [];

function readProperty(item: Item, { name, type }: Property, found: Item[]): void {
  const value = isObject(item.value) ? item.value[name] : undefined;
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) {
    found.push(new Item(type, value, { from: item, name, index: -1 }));
    return;
  }
  listOf(value).forEach((one, index) => {
    if (one !== null) found.push(new Item(type, one, { from: item, name, index }));
  });
}

function nameList(types: readonly Typed[]): string {
  return types.map(({ type }) => type).join(' or ') || 'nothing';
}

function elementStep(input: Compiled, step: Step & { kind: 'element' }, context: CompileContext): Compiled {
  const readers = new Map<string, readonly Property[]>();
  const types: Typed[] = [];
  let many = input.many;
  for (const { type } of input.types) {
    const element = findElement(type, step.name);
    if (element === undefined) continue;
    readers.set(type, propertiesOf(type, element));
    types.push(...typesOf(type, element));
    many ||= element.list;
  }
  if (readers.size === 0) {
    const hint = didYouMean(
      step.name,
      input.types.flatMap(({ type }) => [...elementsOf(type).keys()]),
    );
    return context.fail(
      'mapping.unknown-element',
      `${nameList(input.types)} has no element "${step.name}"${hint}`,
      step.at,
    );
  }
  const evaluate = (env: Env): readonly Item[] => {
    const found: Item[] = [];
    for (const item of input.evaluate(env)) {
      for (const property of readers.get(item.type) ?? []) readProperty(item, property, found);
    }
    return found;
  };
  return { types, many, constant: false, evaluate };
}

/** True where a reference may point at a type. */
function mayPointAt({ type, targets }: Typed, wanted: string): boolean {
  return type === 'Reference' && (targets.length === 0 || targets.includes(wanted) || targets.includes('Resource'));
}

function followStep(input: Compiled, step: Step & { kind: 'follow' }, context: CompileContext): Compiled {
  if (!isResourceType(step.type)) {
    return context.fail('mapping.unknown-element', `FHIR has no resource type ${step.type}`, step.at);
  }
  if (!input.types.some((one) => mayPointAt(one, step.type))) {
    const from = input.types.map(({ type, targets }) => (targets.length > 0 ? targets.join(', ') : type)).join(', ');
    return context.fail('mapping.no-converter', `this cannot refer to a ${step.type} (only to ${from})`, step.at);
  }
  const evaluate = (env: Env): readonly Item[] => {
    const found: Item[] = [];
    for (const item of input.evaluate(env)) {
      const resource = env.run.follow(item);
      if (resource?.resourceType !== step.type) continue;
      env.run.account.say(item);
      found.push(new Item(step.type, resource));
    }
    return found;
  };
  return { types: [typed(step.type)], many: input.many, constant: false, evaluate };
}

function nthStep(input: Compiled, { n }: Step & { kind: 'nth' }): Compiled {
  const evaluate = (env: Env): readonly Item[] => {
    const found = input.evaluate(env)[n - 1];
    return found === undefined ? NONE : [found];
  };
  return { ...input, many: false, evaluate };
}

function filterStep(input: Compiled, test: Test): Compiled {
  const evaluate = (env: Env): readonly Item[] => input.evaluate(env).filter((item) => test(env.looking(item)));
  return { ...input, evaluate };
}

function rootOf(root: Root, at: number, context: CompileContext): Compiled {
  const { focus, names } = context.scope;
  switch (root.kind) {
    case 'focus':
      return { types: focus, many: false, constant: false, evaluate: (env) => [env.focus] };
    case 'name': {
      const { name } = root;
      const types = names.get(name);
      if (types === undefined) {
        return context.fail('mapping.unknown-name', `nothing is called $${name}${didYouMean(name, names.keys())}`, at);
      }
      const evaluate = ({ names: named }: Env): readonly Item[] => {
        const item = named.get(name);
        return item === undefined ? NONE : [item];
      };
      return { types, many: false, constant: false, evaluate };
    }
    case 'holder':
      return holder(context, at);
    case 'type':
      return allOf(root.type, at, context);
  }
}

/** The resource around a backbone element: `Observation` of an `Observation.component`. */
function holder(context: CompileContext, at: number): Compiled {
  const types = context.scope.focus.map(({ type }) => type.split('.')[0] ?? '').filter(isResourceType);
  if (types.length === 0) {
    return context.fail('mapping.unknown-name', '$holder is known only inside an element of a resource', at);
  }
  const evaluate = ({ focus }: Env): readonly Item[] => {
    const resource = holderOf(focus);
    return resource === undefined ? NONE : [new Item(resource.resourceType, resource)];
  };
  return { types: types.map((type) => typed(type)), many: false, constant: false, evaluate };
}

function allOf(type: string, at: number, context: CompileContext): Compiled {
  if (!isResourceType(type)) return context.fail('mapping.unknown-element', `FHIR has no resource type ${type}`, at);
  const evaluate = ({ run }: Env): readonly Item[] => run.pool.ofType(type).map((resource) => new Item(type, resource));
  return { types: [typed(type)], many: true, constant: false, evaluate };
}

/** Compiles a path through resources to a closure. */
export function compilePath(path: ElementPath, context: CompileContext, compileTest: CompileTest): Compiled {
  let compiled = rootOf(path.root, path.at, context);
  for (const step of path.steps) {
    if (compiled.types.length === 0) return NOTHING;
    if (step.kind === 'element') compiled = elementStep(compiled, step, context);
    else if (step.kind === 'follow') compiled = followStep(compiled, step, context);
    else if (step.kind === 'nth') compiled = nthStep(compiled, step);
    else {
      const scope = { ...context.scope, focus: compiled.types };
      compiled = filterStep(compiled, compileTest(step.test, { ...context, scope }));
    }
  }
  return compiled;
}

/** True for an item that is a whole resource. */
export const isWhole = (item: Item): boolean => item.reached === undefined && isResource(item.value);
