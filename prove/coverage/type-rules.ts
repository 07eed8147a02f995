import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { findElement, typeName } from '../../src/mapping/types/fhir-model.ts';
import { STANDARD_SEGMENTS } from '../../src/mapping/types/hl7-model.ts';
import { pathOf as elementPath } from './targets.ts';

/** One row of a data type map that names a FHIR element. */
export interface Row {
  /** `CX.4`, or `CX` where the row speaks of the value as a whole. */
  readonly from: string;
  readonly n: number | undefined;
  readonly attribute: string;
  readonly proposed: boolean;
  /** Constant that the guide assigns (`"current"`); `''` where it does not. */
  readonly constant: string;
}

/** The names of an element as a data type map writes it. */
export const pathOf = (text: string): readonly string[] =>
  text.replaceAll(/\[[^\]]*\]|[[{}\]:)]|\s|^\$(?:value|this)$/gu, '').split('.').filter((part) => part !== '');

const fieldType = (segment: string, field: string): string | undefined =>
  STANDARD_SEGMENTS.get(segment)?.[Number(field) - 1]?.type;

/** Rules that name the component themselves (`ORC-7[1].4`), or give the whole value to just this element of the resource. */
export function hasRule(rules: readonly DescribedRule[], type: string, fhir: string, { n, attribute }: Row): boolean {
  const path = pathOf(attribute.split('(')[0] ?? '').filter((part) => !['coding', 'url'].includes(part));
  const head = (path.at(-1) ?? '').slice(0, 6).toLowerCase();
  return rules.some((rule) =>
    rule.readings.fields.some((address) => {
      const [, segment = '', field = '', component] = /^(\w{3})-(\d+)(?:\.(\d+))?/u.exec(address) ?? [];
      if (fieldType(segment, field) !== type) return false;
      if (component === undefined) return n === 1 && below(rule, fhir)?.join('.') === path.join('.');
      return Number(component) === n && (path.length === 0 || rule.element.toLowerCase().includes(head) || fits(rule, fhir, path));
    }),
  );
}

/** The rule fills an element around the path, below an element of that type. */
export function fits(rule: DescribedRule, fhir: string, names: readonly string[]): boolean {
  const own = below(rule, fhir);
  const path = elementPath(fhir, names.join('.'));
  return own !== undefined && own.length > 0 && own.length <= path.length && own.every((name, index) => name === path[index]);
}

const KIN: Readonly<Record<string, string>> = { Duration: 'Quantity', Age: 'Quantity', SimpleQuantity: 'Quantity' };

/** Path of a rule's element below the resource of that type, or below the outermost element of that data type in it. */
function below(rule: DescribedRule, fhir: string): readonly string[] | undefined {
  if (rule.type === fhir) return elementPath(fhir, rule.element);
  const names = rule.element.split('.');
  let owner = rule.type;
  for (const [index, name] of names.entries()) {
    const element = findElement(owner, name);
    if (element?.types.some((type) => (KIN[typeName(type)] ?? typeName(type)) === fhir) === true) {
      return names.slice(index + 1);
    }
    owner = element?.children ?? '';
  }
  return undefined;
}

/** A constant is the one that the guide assigns, where it assigns one; a table may have it under another name. */
const says = ({ text }: DescribedRule, constant: string): boolean =>
  constant === '' || text.includes('|') || text.replace(/\/$/u, '') === constant.replace(/\/$/u, '');

/** A constant of the rules (`tag.system`, `relationship`) beside what reads a value of that type, or made where one is. */
export function hasConstant(rules: readonly DescribedRule[], type: string, fhir: string, row: Row): boolean {
  const { n, attribute, constant } = row;
  const path = elementPath(fhir, pathOf(attribute.split('(')[0] ?? '').join('.'));
  const reads = (addresses: readonly string[], rule: DescribedRule): boolean =>
    addresses.some((address) => {
      const [, segment = '', field = '', component] = /^(\w{3})-(\d+)(?:\.(\d+))?/u.exec(address) ?? [];
      const found = fieldType(segment, field);
      const takes = found === type || (found === 'varies' && rule.text.includes('by('));
      return takes && (n === undefined || component === undefined || Number(component) === n);
    });
  return rules.some((rule) => {
    if (rule.readings.fields.length > 0 || !fits(rule, fhir, path) || !says(rule, constant)) return false;
    if (n !== undefined && reads(rule.readings.conditions, rule)) return true;
    const around = n === undefined ? '' : rule.element.slice(0, rule.element.lastIndexOf('.') + 1);
    if (n !== undefined && around === '') return false;
    return rules.some(
      (other) =>
        other.resource === rule.resource &&
        other.type === rule.type &&
        other.element.startsWith(around) &&
        reads(other.readings.fields, other),
    );
  });
}

/** The rule reads a field of that type as it is; what OBX-5 holds is said by OBX-2. */
export function takesWhole({ readings, text }: DescribedRule, type: string): boolean {
  return readings.fields.some((address) => {
    const [, segment = '', field = ''] = /^(\w{3})-(\d+)$/u.exec(address) ?? [];
    const found = fieldType(segment, field);
    return found === type || (found === 'varies' && text.includes('by('));
  });
}

/** FHIR types of an element of a type. */
export function typesAt(type: string, path: readonly string[]): readonly string[] {
  const [name = '', ...rest] = path;
  const element = findElement(type, name);
  if (rest.length === 0) return element?.types ?? [];
  return element?.children === undefined ? [] : typesAt(element.children, rest);
}

