import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import { isObject } from '../../src/fhir/json.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { canonicalType } from '../../src/mapping/convert/registry.ts';
import { findElement, isResourceType } from '../../src/mapping/types/fhir-model.ts';
import { STANDARD_SEGMENTS } from '../../src/mapping/types/hl7-model.ts';
import type { Sheet } from './csv.ts';
import type { Differences } from './differences.ts';
import type { Judged, JudgedSheet } from './judged.ts';
import { convertSample, fullSample, samplesOf, valueOf, type Probed } from './probe.ts';

/** One row of a data type map that names a FHIR element. */
interface Row {
  /** `CX.4`, or `CX` where the row speaks of the value as a whole. */
  readonly from: string;
  readonly n: number | undefined;
  readonly attribute: string;
  readonly proposed: boolean;
}

function rowsOf({ rows }: Sheet, type: string): readonly Row[] {
  return rows.flatMap((cells) => {
    const [attribute = '', proposed = ''] = cells.slice(9, 11);
    if (attribute === '' && proposed === '') return [];
    const n = /[.-](\d+)$/u.exec(cells[1] ?? '')?.[1];
    const from = n === undefined ? type : `${type}.${n}`;
    const shown = attribute === '' ? proposed : attribute;
    return [{ from, n: n === undefined ? undefined : Number(n), attribute: shown, proposed: attribute === '' }];
  });
}

/** True where a value has something at a path; lists are looked through. */
function has(value: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((item: unknown) => has(item, path));
  if (!isObject(value)) return false;
  return has(value[head], rest) || has(value[`_${head}`], rest);
}

const pathOf = (text: string): readonly string[] =>
  text.replaceAll(/\[[^\]]*\]|[[{}\]:)]|\s|^\$(?:value|this)$/gu, '').split('.').filter((part) => part !== '');

/** `assigner(Organization.name)`: the element, or that of the resource it refers to. */
function isThere(attribute: string, { value, resources }: Probed, type: string): boolean {
  const [head = '', ...inner] = attribute.split('(');
  const own = pathOf(head.replace(/^(?:Quantity|Location)\./u, ''));
  const places: readonly unknown[] = isResourceType(type)
    ? // `[1].identifier` is that of a resource which the one of the sheet refers to.
      resources.filter((one) => one.type === type || attribute.startsWith('[')).map(({ elements }) => elements)
    : [value];
  if (inner.length === 0) return places.some((place) => has(place, own));
  return inner.some((text) => {
    const [resource = '', ...path] = pathOf(text);
    return resources.some((one) => one.type === resource && has(one.elements, path));
  });
}

const fieldType = (segment: string, field: string): string | undefined =>
  STANDARD_SEGMENTS.get(segment)?.[Number(field) - 1]?.type;

/** Rules that name the component themselves (`ORC-7[1].4`), or give the whole value to just this element of the resource. */
function hasRule(rules: readonly DescribedRule[], type: string, fhir: string, { n, attribute }: Row): boolean {
  const path = pathOf(attribute.split('(')[0] ?? '').filter((part) => !['coding', 'url'].includes(part));
  const head = (path.at(-1) ?? '').slice(0, 6).toLowerCase();
  return rules.some((rule) =>
    rule.readings.fields.some((address) => {
      const [, segment = '', field = '', component] = /^(\w{3})-(\d+)(?:\.(\d+))?/u.exec(address) ?? [];
      if (fieldType(segment, field) !== type) return false;
      if (component === undefined) return n === 1 && rule.type === fhir && rule.element === path.join('.');
      return Number(component) === n && (path.length === 0 || rule.element.toLowerCase().includes(head));
    }),
  );
}

/** What the guide's names of types are called in FHIR. */
const FHIR_TYPES: Readonly<Record<string, string>> = { DateTime: 'dateTime' };

class TypeJudge {
  readonly #rules: readonly DescribedRule[];
  readonly #codeSystems: ReadonlyMap<string, string>;
  readonly #differences: Differences;

  constructor(
    rules: readonly DescribedRule[],
    codeSystems: ReadonlyMap<string, string>,
    differences: Differences,
  ) {
    this.#rules = rules;
    this.#codeSystems = codeSystems;
    this.#differences = differences;
  }

  judge(sheet: Sheet): JudgedSheet {
    const [, hl7 = '', named = '', inner] = /^(\w+)\[(\w+)(?:\.(\w+))?/u.exec(sheet.name) ?? [];
    const fhir = FHIR_TYPES[named] ?? named;
    const rows = rowsOf(sheet, hl7).map((given): Judged => {
      const within = inner === undefined ? given.attribute : `${inner}.${given.attribute}`;
      const row = { ...given, attribute: within.replaceAll('occurence', 'occurrence') };
      const base = { from: row.from, to: given.attribute };
      const state = this.#stateOf(row, hl7 === 'CF' ? hl7 : canonicalType(hl7), fhir);
      if (state === 'mapped') return { ...base, state, note: '' };
      const name = given.attribute.replaceAll(/\[[^\]]*\]/gu, '');
      const reason = this.#differences.find('datatypes', sheet.name, [`${row.from} ${name}`, row.from]);
      if (reason !== undefined) return { ...base, state: reason.kind, note: reason.text };
      if (row.proposed) return { ...base, state: 'no-place', note: 'proposed by the guide, not defined' };
      return { ...base, state, note: '' };
    });
    return { name: sheet.name, rows };
  }

  #stateOf(row: Row, hl7: string, fhir: string): State {
    const tries = [...this.#wholes(hl7, fhir), ...this.#inElements(row, hl7, fhir)];
    const states = tries.map((one) => this.#probe({ ...row, attribute: one.attribute ?? row.attribute }, hl7, one));
    if (states.includes('mapped') || hasRule(this.#rules, hl7, fhir, row)) return 'mapped';
    return states.includes('elsewhere') ? 'elsewhere' : 'missing';
  }

  /** The conversion into the type itself; a person of a role is made as the Practitioner. */
  #wholes(hl7: string, fhir: string): readonly Try[] {
    if (hl7 === 'XCN' && ['PractitionerRole', 'Annotation'].includes(fhir)) {
      return [{ hl7, target: 'Reference(Practitioner)', within: 'Practitioner' }];
    }
    if (hl7 === 'FN') return [{ hl7: 'XPN', target: fhir, within: fhir }];
    return [{ hl7, target: isResourceType(fhir) ? `Reference(${fhir})` : fhir, within: fhir }];
  }

  /** Rules of such a resource that take the whole value for one of its elements: `RelatedPerson.identifier: PID-21`. */
  #inElements({ attribute }: Row, hl7: string, fhir: string): readonly Try[] {
    const [head = '', ...rest] = pathOf(attribute);
    const element = isResourceType(fhir) ? findElement(fhir, head) : undefined;
    if (element === undefined) return [];
    const reads = this.#rules.some(
      (rule) =>
        rule.type === fhir &&
        rule.element.split('.')[0] === element.name &&
        rule.readings.fields.some((address) => {
          const [, segment = '', field = ''] = /^(\w{3})-(\d+)$/u.exec(address) ?? [];
          return fieldType(segment, field) === hl7;
        }),
    );
    return reads ? element.types.map((target) => ({ hl7, target, within: target, attribute: rest.join('.') })) : [];
  }

  #probe({ n, attribute }: Row, type: string, { hl7, target, within }: Try): State {
    const write = (parts: Readonly<Record<number, string>>): string =>
      type === hl7 ? valueOf(parts) : valueOf(parts, '&');
    const convert = (parts: Readonly<Record<number, string>>): Probed | undefined =>
      convertSample(hl7, target, write(parts), this.#codeSystems);
    const full = { ...fullSample(type), ...PARTICULAR[`${type}[${target}]`] };
    let state: State = 'missing';
    for (const parts of n === undefined ? [full] : probesOf(type, full, n)) {
      const made = convert(parts);
      if (made === undefined) continue;
      const rest = Object.fromEntries(Object.entries(parts).filter(([key]) => Number(key) !== n));
      const without = n === undefined ? undefined : convert(rest);
      if (JSON.stringify(made) === JSON.stringify(without)) continue;
      if (isThere(attribute, made, within)) return 'mapped';
      state = 'elsewhere';
    }
    return state;
  }
}

/** A conversion to try. */
interface Try {
  readonly hl7: string;
  readonly target: string;
  /** Type that the row's path begins in. */
  readonly within: string;
  /** The row's path below the element that is converted. */
  readonly attribute?: string;
}

type State = 'mapped' | 'elsewhere' | 'missing';

/** Samples that only one target understands. */
const PARTICULAR: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'SN[Ratio]': { 1: '>', 3: ':' },
  'SN[Range]': { 1: '', 3: '-' },
  'SN[Quantity]': { 1: '>', 3: '', 4: '' },
};

/** The component among all others, beside the first, and alone: some are only looked at where others are absent. */
function probesOf(
  type: string,
  full: Readonly<Record<number, string>>,
  n: number,
): readonly Readonly<Record<number, string>>[] {
  const first = full[1] === undefined ? {} : { 1: full[1] };
  const second = full[2] === undefined ? {} : { 2: full[2] };
  const particular = full[n] === undefined || full[n] === '' ? [] : [full[n]];
  return [...new Set([...particular, ...samplesOf(type, n)])].flatMap((sample) => {
    const own = { [n]: sample };
    return [{ ...full, ...own }, { ...first, ...own }, { ...first, ...second, ...own }, own];
  });
}

/** Every row of every data type map, tried out on values made up for it. */
export function judgeTypes(
  sheets: readonly Sheet[],
  mappings: readonly DescribedMapping[],
  setting: { readonly codeSystems: ReadonlyMap<string, string>; readonly differences: Differences },
): readonly JudgedSheet[] {
  const rules = mappings.flatMap((mapping) => mapping.rules);
  const judge = new TypeJudge(rules, setting.codeSystems, setting.differences);
  return sheets.map((sheet) => judge.judge(sheet));
}
