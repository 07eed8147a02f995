import { didYouMean } from '../../core/nearest.ts';
import { childNames, childrenAt, childrenOf, choiceName, type ElementModel, type InlineChildren } from '../elements.ts';
import { isObject } from '../json.ts';
import { below, report, type CheckValue, type Findings, type Place } from './issues.ts';
import { PRIMITIVES } from './primitives.ts';
import { RULES } from './rules.ts';
import { checkBinding, checkReference } from './values.ts';

/** Checks the elements of an object. */
export type CheckObject = (value: Readonly<Record<string, unknown>>, at: Place, findings: Findings) => void;

/** How one JSON property is checked. */
interface Property {
  readonly name: string;
  readonly element: ElementModel;
  readonly isPrimitive: boolean;
  readonly check: CheckValue;
  /** Name of the choice it is a member of. */
  readonly choice?: string;
}

const COMPILED = new Map<string, CheckObject>();

/**
 * Compiles the checks of a type, or of an element declared inline, once.
 * @param nested checks a resource inside (contained, Bundle.entry.resource)
 */
export function compileElements(where: InlineChildren, nested: CheckValue): CheckObject {
  const key = where.path === '' ? where.type : `${where.type}.${where.path}`;
  const known = COMPILED.get(key);
  if (known !== undefined) return known;
  const properties = new Map<string, Property>();
  const required: ElementModel[] = [];
  const rule = RULES[key];
  // Known before its children are compiled: types refer to themselves (Extension, Questionnaire.item).
  const check: CheckObject = (value, at, findings) => {
    checkProperties({ where, properties }, value, at, findings);
    for (const element of required) checkPresent(element, value, at, findings);
    if (rule !== undefined) rule(value, at, findings);
  };
  COMPILED.set(key, check);
  for (const element of childrenOf(where.type, where.path)) {
    if (element.min > 0) required.push(element);
    for (const property of propertiesOf(element, where, nested)) properties.set(property.name, property);
  }
  return check;
}

function propertiesOf(element: ElementModel, where: InlineChildren, nested: CheckValue): readonly Property[] {
  const name = element.path.slice(where.path === '' ? 0 : where.path.length + 1);
  if (!element.isChoice) return [propertyOf(name, element, nested)];
  return element.types.map((type) => ({
    ...propertyOf(choiceName(name, type), { ...element, types: [type] }, nested),
    choice: name,
  }));
}

function propertyOf(name: string, element: ElementModel, nested: CheckValue): Property {
  const [type = ''] = element.types;
  const primitive = PRIMITIVES[type];
  if (primitive === undefined) return { name, element, isPrimitive: false, check: complexCheck(element, type, nested) };
  const bound = checkBinding(element);
  const check: CheckValue = (value, at, findings) => {
    if (!primitive.holds(value)) {
      report(findings, 'fhir.value-invalid', `A ${type} is expected: ${primitive.form}.`, at);
    } else if (bound !== undefined) bound(value, at, findings);
  };
  return { name, element, isPrimitive: true, check };
}

function complexCheck(element: ElementModel, type: string, nested: CheckValue): CheckValue {
  if (type === 'Resource') return nested;
  const at = childrenAt(element);
  let elements: CheckObject | undefined;
  const bound = type === 'Reference' ? checkReference(element) : checkBinding(element);
  return (value, place, findings) => {
    if (!isObject(value)) {
      report(findings, 'fhir.shape-invalid', `A ${type} is expected to be an object.`, place);
      return;
    }
    // Compiled on first use: most resources touch few of the types that theirs could hold.
    if (elements === undefined && at !== undefined) elements = compileElements(at, nested);
    elements?.(value, place, findings);
    if (bound !== undefined) bound(value, place, findings);
  };
}

interface Level {
  readonly where: InlineChildren;
  readonly properties: ReadonlyMap<string, Property>;
}

function checkProperties(level: Level, value: Readonly<Record<string, unknown>>, at: Place, findings: Findings): void {
  let choices: Map<string, string> | undefined;
  let count = 0;
  for (const name in value) {
    count += 1;
    const property = level.properties.get(name);
    if (property === undefined) {
      checkOther(level, name, value, { at, findings });
      continue;
    }
    checkProperty(property, value, at, findings);
    if (property.choice === undefined) continue;
    choices ??= new Map();
    const first = choices.get(property.choice);
    if (first !== undefined) {
      report(findings, 'fhir.choice-repeated', `Both ${first} and ${name} are given.`, below(at, name));
    }
    choices.set(property.choice, name);
  }
  if (count === 0) report(findings, 'fhir.shape-invalid', 'An object may not be empty.', at);
}

/** `resourceType`, the extensions of primitives (`_birthDate`), and what R4 does not know. */
function checkOther(
  { where, properties }: Level,
  name: string,
  value: Readonly<Record<string, unknown>>,
  to: { readonly at: Place; readonly findings: Findings },
): void {
  if (name === 'resourceType' && where.path === '' && typeof value[name] === 'string') return;
  const base = name.startsWith('_') ? properties.get(name.slice(1)) : undefined;
  if (base?.isPrimitive !== true) {
    const near = didYouMean(name, childNames(where.type, where.path));
    report(to.findings, 'fhir.unknown-element', `R4 declares no element of this name here${near}.`, below(to.at, name));
    return;
  }
  const extended = value[name];
  const isRight = base.element.max > 1 ? Array.isArray(extended) && extended.length > 0 : isObject(extended);
  if (!isRight)
    report(to.findings, 'fhir.shape-invalid', 'The extensions of a value have its shape.', below(to.at, name));
}

function checkProperty(
  property: Property,
  parent: Readonly<Record<string, unknown>>,
  at: Place,
  findings: Findings,
): void {
  const { name, element, check } = property;
  const value = parent[name];
  if (element.max <= 1) {
    if (value === null || Array.isArray(value)) {
      report(findings, 'fhir.shape-invalid', 'One value is expected, not a list or null.', below(at, name));
    } else check(value, below(at, name), findings);
    return;
  }
  if (!Array.isArray(value) || value.length === 0) {
    report(findings, 'fhir.shape-invalid', 'A list with at least one entry is expected.', below(at, name));
    return;
  }
  if (value.length > element.max) {
    report(findings, 'fhir.shape-invalid', `At most ${element.max} entries are allowed.`, below(at, name));
  }
  const extended = parent[`_${name}`];
  for (let index = 0; index < value.length; index += 1) {
    const entry: unknown = value[index];
    if (entry === null && property.isPrimitive && Array.isArray(extended) && isObject(extended[index])) continue;
    check(entry, below(at, name, index), findings);
  }
}

function checkPresent(
  element: ElementModel,
  value: Readonly<Record<string, unknown>>,
  at: Place,
  findings: Findings,
): void {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  const names = element.isChoice ? element.types.map((type) => choiceName(name, type)) : [name];
  if (names.some((one) => value[one] !== undefined || value[`_${one}`] !== undefined)) return;
  report(findings, 'fhir.element-missing', 'A required element is missing.', below(at, name));
}
