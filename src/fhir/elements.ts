import { ELEMENTS } from './definitions/elements.ts';

/** One element of R4 as StructureDefinition declares it. */
export interface ElementModel {
  /** Path below its own type, with `[x]` for a choice: `contact.name`, `value[x]`. */
  readonly path: string;
  /** Data types; several only for a choice that is asked for as a whole (`value[x]`). */
  readonly types: readonly string[];
  readonly min: number;
  /** `Infinity` for `*`. */
  readonly max: number;
  /** True for `value[x]` and for its members (`valueQuantity`). */
  readonly isChoice: boolean;
  /** Resource types that a Reference or canonical may point at; empty: any. */
  readonly targets: readonly string[];
  /** Value set of a required binding. */
  readonly binding?: string;
  /** Whether `_summary=true` shows it. */
  readonly isSummary: boolean;
  /** True where the children are declared in the same type (BackboneElement, content reference). */
  readonly inline?: InlineChildren;
}

/** Where the children of an element are declared that has no data type of its own. */
export interface InlineChildren {
  readonly type: string;
  /** Path of the element that holds them, without a trailing dot. */
  readonly path: string;
}

interface RawType {
  readonly kind: 'resource' | 'abstract' | 'type';
  readonly elements: readonly string[];
}

interface TypeModel {
  /** By path; choices under every member name (`valueQuantity`) and under `value[x]`. */
  readonly named: ReadonlyMap<string, ElementModel>;
  /** Names of the children by parent path (`''` for the top), choices as `value[x]`. */
  readonly children: ReadonlyMap<string, readonly ElementModel[]>;
}

// The generated text is the only writer of this shape.
const RAW = new Map(Object.entries(JSON.parse(ELEMENTS) as Readonly<Record<string, RawType>>));
const MODELS = new Map<string, TypeModel>();

/** Names of the R4 resource types that can be instantiated. */
export const typeNames: readonly string[] = [...RAW]
  .filter(([, { kind }]) => kind === 'resource')
  .map(([name]) => name);

const RESOURCE_TYPES: ReadonlySet<string> = new Set(typeNames);

/** True for a resource type of R4. */
export function isResourceType(name: string): boolean {
  return RESOURCE_TYPES.has(name);
}

/** Name of a choice member: `value[x]` of type `Quantity` is `valueQuantity`. */
export function choiceName(path: string, type: string): string {
  return `${path.slice(0, -3)}${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

/**
 * The element at a path below a resource or data type: `elementOf('Patient', 'contact.name.family')`,
 * `elementOf('Observation', 'valueQuantity.value')`, `elementOf('Observation', 'value[x]')`.
 * List indexes (`name[0].family`) are ignored. Undefined where R4 has no such element.
 */
export function elementOf(type: string, path: string): ElementModel | undefined {
  const segments = path.replaceAll(/\[\d+\]/g, '').split('.');
  let at: InlineChildren | undefined = { type, path: '' };
  let found: ElementModel | undefined;
  for (const segment of segments) {
    if (at === undefined) return undefined;
    found = modelOf(at.type)?.named.get(join(at.path, segment));
    at = found === undefined ? undefined : childrenAt(found);
  }
  return found;
}

/** The children of a type, or of an element declared inline in it; choices as `value[x]`. Empty for primitive types. */
export function childrenOf(type: string, path = ''): readonly ElementModel[] {
  return modelOf(type)?.children.get(path) ?? [];
}

/** Names by which the children may be called in JSON, choices by their members: for "did you mean". */
export function childNames(type: string, path = ''): readonly string[] {
  return childrenOf(type, path).flatMap((child) => {
    const name = child.path.slice(path === '' ? 0 : path.length + 1);
    return name.endsWith('[x]') ? child.types.map((member) => choiceName(name, member)) : [name];
  });
}

/** Where the children of an element are declared; undefined for a primitive, an open choice or a contained resource. */
export function childrenAt(element: ElementModel): InlineChildren | undefined {
  if (element.inline !== undefined) return element.inline;
  const [type] = element.types;
  return type === undefined || element.types.length > 1 || !RAW.has(type) ? undefined : { type, path: '' };
}

function join(path: string, segment: string): string {
  return path === '' ? segment : `${path}.${segment}`;
}

function modelOf(type: string): TypeModel | undefined {
  let model = MODELS.get(type);
  const raw = RAW.get(type);
  if (model === undefined && raw !== undefined) MODELS.set(type, (model = readModel(type, raw.elements)));
  return model;
}

function readModel(type: string, lines: readonly string[]): TypeModel {
  const parents = new Set(lines.map((line) => parentOf(line.slice(0, line.indexOf(' ')))));
  const named = new Map<string, ElementModel>();
  const children = new Map<string, ElementModel[]>();
  for (const line of lines) {
    const element = readElement(type, line, parents);
    const { path } = element;
    named.set(path, element);
    const parent = parentOf(path);
    children.set(parent, [...(children.get(parent) ?? []), element]);
    if (!element.isChoice) continue;
    for (const member of element.types) named.set(choiceName(path, member), { ...element, types: [member] });
  }
  return { named, children };
}

function parentOf(path: string): string {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
}

/** Reads one line of the distilled form: `path min max types [=value set] [S]`. */
function readElement(type: string, line: string, parents: ReadonlySet<string>): ElementModel {
  const [path = '', min, max, typeText = ''] = line.split(' ');
  const targets: string[] = [];
  const reference = typeText.startsWith('#') ? typeText.slice(1) : undefined;
  const types =
    reference === undefined ? typeText.split('|').map((text) => readType(text, targets)) : ['BackboneElement'];
  const inline = reference === undefined ? ownChildren(type, path, parents) : contentReference(reference);
  const binding = / =(\S+)/.exec(line)?.[1];
  return {
    path,
    types,
    min: Number(min),
    max: max === '*' ? Infinity : Number(max),
    isChoice: path.endsWith('[x]'),
    targets: [...new Set(targets)],
    isSummary: line.endsWith(' S'),
    ...(binding === undefined ? {} : { binding }),
    ...(inline === undefined ? {} : { inline }),
  };
}

function readType(text: string, targets: string[]): string {
  const open = text.indexOf('(');
  if (open === -1) return text;
  targets.push(...text.slice(open + 1, -1).split(','));
  return text.slice(0, open);
}

function ownChildren(type: string, path: string, parents: ReadonlySet<string>): InlineChildren | undefined {
  return parents.has(path) ? { type, path } : undefined;
}

function contentReference(reference: string): InlineChildren {
  const dot = reference.indexOf('.');
  return { type: reference.slice(0, dot), path: reference.slice(dot + 1) };
}
