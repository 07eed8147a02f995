import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { findElement } from '../../src/mapping/types/fhir-model.ts';

/** A type and the path of an element in it. */
export interface Target {
  readonly type: string;
  readonly path: readonly string[];
  /** Type of the resource that the element refers to, where the guide says no more of it: `subscriber(RelatedPerson)`. */
  readonly refersTo?: string;
}

/** `valueQuantity` is `value`, `_birthDate` is `birthDate`, indexes are labels. */
export function pathOf(type: string, text: string): readonly string[] {
  const names = text
    .replace(/=.*$/u, '')
    .replaceAll(/\[[^\]]*\]|\s/gu, '')
    .split('.');
  let owner = type;
  return names.flatMap((name) => {
    if (name === '' || name === '$this') return [];
    const element = findElement(owner, name.replace(/^_/u, ''));
    owner = element?.children ?? '';
    return [element?.name ?? name];
  });
}

/** `type.coding.system` and `type.text` are said with the concept. */
const conceptOf = (attribute: string): string => attribute.replace(/\.coding(?:\[\d+\])?(?:\..*)?$|\.text(?==|$)/u, '');

/** `requester(PractitionerRole.organization(Organization.name))` may be met at each of its steps. */
export function targetsOf(type: string, attribute: string): readonly Target[] {
  const [head = '', ...inner] = attribute.replaceAll(')', '').split('(');
  const steps = inner.map((text) => {
    const [resource = '', ...path] = text.replaceAll(/\[[^\]]*\]/gu, '').split('.');
    return { resource: resource.trim(), path: path.filter((part) => part !== '') };
  });
  const last = steps.at(-1);
  const own = { type, path: pathOf(type, conceptOf(head)) };
  const nested = steps.flatMap(({ resource, path }) =>
    path.length === 0 ? [] : [{ type: resource, path: pathOf(resource, conceptOf(path.join('.'))) }],
  );
  const names = last !== undefined && steps.length === 1 && last.path.length === 0;
  return [names ? { ...own, refersTo: last.resource } : own, ...nested.toReversed()];
}

const isPrefix = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((part, index) => index >= other.length || part === other[index]);

/** True for a rule that fills the element, one around it or one in it. */
export function fills(rule: DescribedRule, { type, path }: Target): boolean {
  return rule.type === type && isPrefix(pathOf(rule.type, rule.element), path);
}
