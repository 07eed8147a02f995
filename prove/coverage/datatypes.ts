import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import { isObject } from '../../src/fhir/json.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { canonicalType } from '../../src/mapping/convert/registry.ts';
import { isResourceType } from '../../src/mapping/types/fhir-model.ts';
import type { Sheet } from './csv.ts';
import type { Differences } from './differences.ts';
import { PROPOSED, type Judged, type JudgedSheet } from './judged.ts';
import { fits, hasConstant, hasRule, pathOf, takesWhole, typesAt, type Row } from './type-rules.ts';
import { convertSample, fullSample, samplesOf, valueOf, type Probed } from './probe.ts';

const constantOf = (cells: readonly string[]): string => /^"(.*)"$/u.exec(cells[16] ?? '')?.[1] ?? '';

function rowsOf({ rows }: Sheet, type: string): readonly Row[] {
  return rows.flatMap((cells) => {
    const [attribute = '', proposed = ''] = cells.slice(9, 11);
    if (attribute === '' && proposed === '') return [];
    const n = /[.-](\d+)$/u.exec(cells[1] ?? '')?.[1];
    const from = n === undefined ? type : `${type}.${n}`;
    const shown = attribute === '' ? proposed : attribute;
    return [{ from, n: n === undefined ? undefined : Number(n), attribute: shown, proposed: attribute === '', constant: constantOf(cells) }];
  });
}

/** What stands at a path; lists are looked through, and `_name` beside `name`. */
function named(value: unknown, path: readonly string[]): readonly unknown[] {
  const [head, ...rest] = path;
  if (Array.isArray(value)) return value.flatMap((item: unknown) => named(item, path));
  if (head === undefined) return value === undefined ? [] : [value];
  return isObject(value) ? [...named(value[head], rest), ...named(value[`_${head}`], rest)] : [];
}

/** Of a reference that names what it refers to instead of leading there: what it says of that, or its name. */
function logical(reference: unknown, type: string, path: readonly string[]): readonly unknown[] {
  if (!isObject(reference) || reference['type'] !== type) return [];
  return named(reference, path.length === 0 ? ['display'] : path);
}

/** What stands in the element: `assigner(Organization.name)` is that of the resource it refers to. */
function standing(attribute: string, probed: Probed | undefined, type: string): readonly unknown[] {
  if (probed === undefined) return [];
  const { value, resources } = probed;
  const [head = '', ...inner] = attribute.split('(');
  const own = pathOf(head.replace(/^(?:Quantity|Location)\./u, ''));
  const places: readonly unknown[] = isResourceType(type)
    ? // `[1].identifier` is that of a resource which the one of the sheet refers to.
      resources.filter((one) => one.type === type || attribute.startsWith('[')).map(({ elements }) => elements)
    : [value];
  if (inner.length === 0) return places.flatMap((place) => named(place, own));
  return inner.flatMap((text) => {
    const [resource = '', ...path] = pathOf(text);
    const made = resources.filter((one) => one.type === resource).flatMap(({ elements }) => named(elements, path));
    const references = places.flatMap((place) => named(place, own));
    return [...made, ...references.flatMap((reference) => logical(reference, resource, path))];
  });
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
      const base = { from: given.from, to: given.attribute };
      const key = `${given.from} ${given.attribute.replaceAll(/\[[^\]]*\]/gu, '')}`;
      const corrected = this.#differences.corrected('datatypes', sheet.name, key);
      const meant = corrected ?? given.attribute;
      const within = (inner === undefined ? meant : `${inner}.${meant}`).replaceAll('occurence', 'occurrence');
      const constant = this.#differences.url(given.constant) ?? '';
      const row = { ...given, attribute: within, constant };
      const state = this.#stateOf(row, hl7 === 'CF' ? hl7 : canonicalType(hl7), fhir);
      if (state === 'mapped') return { ...base, state, note: corrected === undefined ? '' : `read as ${corrected}` };
      if (row.proposed) return { ...base, ...PROPOSED };
      const reason = this.#differences.find('datatypes', sheet.name, [key, given.from]);
      return reason === undefined ? { ...base, state, note: '' } : { ...base, state: reason.kind, note: reason.text };
    });
    return { name: sheet.name, rows };
  }

  #stateOf(row: Row, hl7: string, fhir: string): State {
    const tries = [...this.#wholes(hl7, fhir), ...this.#inElements(row, hl7, fhir)];
    const states = tries.map((one) => this.#probe({ ...row, attribute: one.attribute ?? row.attribute }, hl7, one));
    const ruled = hasRule(this.#rules, hl7, fhir, row) || hasConstant(this.#rules, hl7, fhir, row);
    if (ruled || states.includes('mapped')) return 'mapped';
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

  /** Rules of such a resource that take the whole value for an element around the row's: `RelatedPerson.identifier: PID-21`. */
  #inElements({ attribute }: Row, hl7: string, fhir: string): readonly Try[] {
    const [head = '', ...inner] = attribute.split('(');
    const path = pathOf(head);
    const owners = isResourceType(fhir) ? this.#rules.filter((rule) => rule.type === fhir && fits(rule, fhir, path)) : [];
    const names = owners.filter((rule) => takesWhole(rule, hl7)).map(({ element }) => element.split('.'));
    return names.flatMap((element) => {
      const rest = [path.slice(element.length).join('.'), ...inner].join('(');
      return typesAt(fhir, element).map((target) => ({ hl7, target, within: target, attribute: rest }));
    });
  }

  #probe({ n, attribute, constant }: Row, type: string, { hl7, target, within }: Try): State {
    const write = (parts: Readonly<Record<number, string>>): string =>
      type === hl7 ? valueOf(parts) : valueOf(parts, '&');
    const convert = (parts: Readonly<Record<number, string>>): Probed | undefined =>
      convertSample(hl7, target, write(parts), this.#codeSystems);
    const particular = PARTICULAR[`${type}[${target}]`] ?? [{}];
    const fulls = particular.map((parts) => ({ ...fullSample(type), ...parts }));
    let state: State = 'missing';
    for (const parts of fulls.flatMap((full) => (n === undefined ? [full] : probesOf(type, full, n)))) {
      const made = convert(parts);
      if (made === undefined) continue;
      const rest = Object.fromEntries(Object.entries(parts).filter(([key]) => Number(key) !== n));
      const without = n === undefined ? undefined : convert(rest);
      if (JSON.stringify(made) === JSON.stringify(without)) continue;
      const [value, other] = [made, without].map((probed) => standing(attribute, probed, within));
      // What the guide assigns stands there, whether or not it takes the component to know it.
      if (constant !== '' && value?.includes(constant) === true) return 'mapped';
      // It is the component that brings what stands there.
      if (value?.length !== 0 && JSON.stringify(value) !== JSON.stringify(other)) return 'mapped';
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
const PARTICULAR: Readonly<Record<string, readonly Readonly<Record<number, string>>[]>> = {
  'SN[Ratio]': [{ 1: '>', 3: ':' }],
  'SN[Range]': [{ 1: '', 3: '-' }],
  'SN[Quantity]': [{ 1: '>', 3: '', 4: '' }],
  'CQ[unsignedInt]': [{ 1: '5', 2: 'min' }],
  'RP[Attachment]': [{}, { 4: 'x-test' }],
  'RPT[Timing]': [{}, { 1: '', 2: 'DW', 3: '1', 4: '3', 5: '', 6: '' }],
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
