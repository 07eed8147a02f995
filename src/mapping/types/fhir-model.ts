import { childrenAt, childrenOf, isResourceType, type ElementModel } from '../../fhir/elements.ts';

/** One element of a FHIR type, as rules name it. */
export interface Element {
  /** Without `[x]`. */
  readonly name: string;
  /** Type names; references with a known target as `Reference(Patient)`, one entry for each target. */
  readonly types: readonly string[];
  readonly list: boolean;
  readonly required: boolean;
  /** True for `value[x]`: the name in a resource is `name` + type. */
  readonly choice: boolean;
  /** The names of a choice in a resource, by type. */
  readonly names?: ReadonlyMap<string, string>;
  /** Value set of a required binding. */
  readonly binding?: string;
  /** Type or backbone (`Patient.contact`) that holds the children; absent for primitives and open choices. */
  readonly children?: string;
}

const cache = new Map<string, ReadonlyMap<string, Element>>();

function expandTypes(model: ElementModel): readonly string[] {
  const { targets } = model;
  return model.types.flatMap((type) =>
    type === 'Reference' && targets.length > 0 ? targets.map((target) => `Reference(${target})`) : [type],
  );
}

/** Quantities that may not say `<` or `>` (R4 profile SimpleQuantity), by the type or backbone that holds them. */
const SIMPLE: Readonly<Record<string, readonly string[]>> = {
  Dosage: ['maxDosePerAdministration', 'maxDosePerLifetime'],
  'Dosage.doseAndRate': ['dose', 'rate'],
  Immunization: ['doseQuantity'],
  'MedicationAdministration.dosage': ['dose', 'rate'],
  MedicationDispense: ['quantity', 'daysSupply'],
  'MedicationRequest.dispenseRequest': ['quantity'],
  'MedicationRequest.dispenseRequest.initialFill': ['quantity'],
  'Observation.referenceRange': ['low', 'high'],
  Range: ['low', 'high'],
  SampledData: ['origin'],
  'Specimen.collection': ['quantity'],
  'Specimen.container': ['capacity', 'specimenQuantity'],
  'Substance.instance': ['quantity'],
  'SupplyDelivery.suppliedItem': ['quantity'],
};

function asSimple(element: Element, owner: string): Element {
  if (SIMPLE[owner]?.includes(element.name) !== true) return element;
  const simple = (type: string): string => (type === 'Quantity' ? 'SimpleQuantity' : type);
  const { types, names } = element;
  return {
    ...element,
    types: types.map(simple),
    ...(names === undefined ? {} : { names: new Map([...names].map(([type, name]) => [simple(type), name])) }),
  };
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function toElement(model: ElementModel, prefix: number): Element {
  const at = childrenAt(model);
  const name = model.path.slice(prefix).replace('[x]', '');
  const choice = model.path.endsWith('[x]');
  return {
    name,
    types: expandTypes(model),
    list: model.max > 1,
    required: model.min > 0,
    choice,
    ...(choice ? { names: new Map(model.types.map((type) => [type, name + capital(type)])) } : {}),
    ...(model.binding === undefined ? {} : { binding: model.binding }),
    ...(at === undefined ? {} : { children: at.path === '' ? at.type : `${at.type}.${at.path}` }),
  };
}

/** Elements of a resource, data type or backbone (`Patient.contact`) by name; empty for primitives and unknown types. */
export function elementsOf(owner: string): ReadonlyMap<string, Element> {
  const known = cache.get(owner);
  if (known !== undefined) return known;
  const dot = owner.indexOf('.');
  const [type, path] = dot < 0 ? [owner, ''] : [owner.slice(0, dot), owner.slice(dot + 1)];
  const prefix = path === '' ? 0 : path.length + 1;
  const elements = childrenOf(type, path)
    .map((model) => asSimple(toElement(model, prefix), owner))
    // rat-1: one part of a ratio is none, though both may be absent.
    .map((element) => (owner === 'Ratio' && element.name.endsWith('or') ? { ...element, required: true } : element));
  const map = new Map(elements.map((element) => [element.name, element]));
  cache.set(owner, map);
  return map;
}

export { isResourceType };

const named = new Map<string, Element | undefined>();

/** The element a rule names: `gender`, or `valueString` for one type of a choice. */
export function findElement(owner: string, name: string): Element | undefined {
  const elements = elementsOf(owner);
  const exact = elements.get(name);
  if (exact !== undefined) return exact;
  const key = `${owner} ${name}`;
  if (!named.has(key)) named.set(key, inOtherWords(elements, name));
  return named.get(key);
}

function inOtherWords(elements: ReadonlyMap<string, Element>, name: string): Element | undefined {
  if (name.startsWith('_')) return siblingOf(elements.get(name.slice(1)));
  for (const element of elements.values()) {
    if (!element.choice || !name.startsWith(element.name)) continue;
    const types = element.types.filter((type) => propertyName(element, type) === name);
    const type = typeName(types[0] ?? '');
    const children = elementsOf(type).size > 0 ? { children: type } : {};
    if (types.length > 0) return { ...element, types, ...children };
  }
  return undefined;
}

/** `_birthDate`: what a primitive element carries beside its value, extensions (R4 json.html#primitive). */
function siblingOf(element: Element | undefined): Element | undefined {
  if (element === undefined || element.children !== undefined || element.choice || element.list) return undefined;
  return {
    name: `_${element.name}`,
    types: ['Element'],
    list: false,
    required: false,
    choice: false,
    children: 'Element',
  };
}

/** `Reference` for `Reference(Patient)`, the type itself otherwise. */
export function typeName(type: string): string {
  const bracket = type.indexOf('(');
  return bracket < 0 ? type : type.slice(0, bracket);
}

/** The name a value of this type gets in the resource: `value` + `Quantity`. */
export function propertyName(element: Element, type: string): string {
  if (!element.choice) return element.name;
  const own = typeName(type);
  return element.names?.get(own) ?? element.name + capital(own);
}
