import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { canonicalType } from '../../src/mapping/convert/registry.ts';
import { lookUp, type Table } from '../../src/mapping/tables/table.ts';
import { isResourceType } from '../../src/mapping/types/fhir-model.ts';
import { STANDARD_SEGMENTS } from '../../src/mapping/types/hl7-model.ts';
import type { Sheet } from './csv.ts';
import type { Differences } from './differences.ts';
import type { Judged, JudgedSheet } from './judged.ts';
import { convertSample, fullSample, valueOf } from './probe.ts';

/** One code of a concept map with what it becomes. */
interface Row {
  readonly code: string;
  readonly target: string;
}

function rowsOf({ rows }: Sheet): readonly Row[] {
  return rows.flatMap(([code = '', , , , , , target = '']) => (code === '' || target === '' ? [] : [{ code, target }]));
}

/** Where the guide uses a concept map: fields of segments, components of data types. */
interface Use {
  readonly fields: Set<string>;
  readonly components: { readonly type: string; readonly n: number; readonly target: string }[];
}

/** `Additive/Preservative` of a sheet is the file `AdditivePreservative`. */
const plain = (vocabulary: string): string => vocabulary.replaceAll(/[\s/]/gu, '').toLowerCase();

const vocabularyOf = (cells: readonly string[]): string => plain(cells[15] ?? '');

type Component = Use['components'][number];

/** Components of data types that the guide codes with a concept map, by its name. */
function componentsOf({ name, rows }: Sheet): readonly (readonly [string, Component])[] {
  const [, type = '', target = ''] = /^(\w+)\[(\w+)/u.exec(name) ?? [];
  return rows.flatMap((cells) => {
    const n = /[.-](\d+)$/u.exec(cells[1] ?? '')?.[1];
    const vocabulary = vocabularyOf(cells);
    return n === undefined || vocabulary === '' ? [] : [[vocabulary, { type, n: Number(n), target }] as const];
  });
}

function usesOf(segments: readonly Sheet[], types: readonly Sheet[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  const useOf = (vocabulary: string): Use => {
    const use = uses.get(vocabulary) ?? { fields: new Set(), components: [] };
    uses.set(vocabulary, use);
    return use;
  };
  for (const cells of segments.flatMap(({ rows }) => rows)) {
    const vocabulary = vocabularyOf(cells);
    if (vocabulary !== '') useOf(vocabulary).fields.add((cells[1] ?? '').replace('.', '-'));
  }
  for (const [vocabulary, component] of types.flatMap(componentsOf)) useOf(vocabulary).components.push(component);
  return uses;
}

const readsField = ({ readings }: DescribedRule, field: string): boolean =>
  readings.fields.some((one) => one === field || one.startsWith(`${field}.`));

/** A rule that names the component of a field of this type (`OBR-15.4`), or hands the whole value to such a resource. */
function readsComponent({ type: made, readings }: DescribedRule, { type, n, target }: Component): boolean {
  return readings.fields.some((address) => {
    const [, segment = '', field = '', component] = /^(\w{3})-(\d+)(?:\.(\d+))?/u.exec(address) ?? [];
    if (STANDARD_SEGMENTS.get(segment)?.[Number(field) - 1]?.type !== canonicalType(type)) return false;
    return component === undefined ? made === target : Number(component) === n;
  });
}

class CodeJudge {
  readonly #rules: readonly DescribedRule[];
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #differences: Differences;

  constructor(rules: readonly DescribedRule[], tables: ReadonlyMap<string, Table>, differences: Differences) {
    this.#rules = rules;
    this.#tables = tables;
    this.#differences = differences;
  }

  judge(sheet: Sheet, use: Use | undefined): JudgedSheet {
    const rules = this.#rules.filter(
      (rule) =>
        [...(use?.fields ?? [])].some((field) => readsField(rule, field)) ||
        (use?.components ?? []).some((component) => readsComponent(rule, component)),
    );
    const tables = this.#tablesFor(sheet, rules);
    const rows = rowsOf(sheet).map(({ code, target }): Judged => {
      const base = { from: code, to: target };
      const note = tables.map((table) => `${table.name}: ${lookUp(table, code)?.code ?? 'nothing'}`).join(', ');
      if (this.#isMapped({ code, target }, tables, rules) || this.#isConverted({ code, target }, use)) {
        return { ...base, state: 'mapped', note: '' };
      }
      const reason = this.#differences.find('codesystems', sheet.name, [code]);
      if (reason !== undefined) return { ...base, state: reason.kind, note: reason.text };
      return { ...base, state: note === '' ? 'missing' : 'elsewhere', note };
    });
    return { name: sheet.name, rows };
  }

  /** The tables of the rules that read these fields, and the table that says most of what the sheet says. */
  #tablesFor(sheet: Sheet, rules: readonly DescribedRule[]): readonly Table[] {
    const named = new Set(rules.flatMap((rule) => rule.tables));
    const rows = rowsOf(sheet);
    const agreement = (table: Table): number =>
      rows.filter(({ code, target }) => code !== target && lookUp(table, code)?.code === target).length;
    const best = [...this.#tables.values()].toSorted((a, b) => agreement(b) - agreement(a))[0];
    if (best !== undefined && agreement(best) > rows.length / 2) named.add(best.name);
    return [...named].flatMap((name) => this.#tables.get(name) ?? []);
  }

  /** A table gives the target; or the guide keeps the code and so does a rule without a table. */
  #isMapped({ code, target }: Row, tables: readonly Table[], rules: readonly DescribedRule[]): boolean {
    if (tables.some((table) => lookUp(table, code)?.code === target)) return true;
    if (code !== target) return false;
    return rules.some((rule) => rule.tables.every((name) => this.#tables.get(name)?.default === 'keep'));
  }

  /** The converter of a data type knows the code. */
  #isConverted({ code, target }: Row, use: Use | undefined): boolean {
    return (use?.components ?? []).some(({ type, n, target: fhir }) => {
      const hl7 = canonicalType(type);
      const wanted = isResourceType(fhir) ? `Reference(${fhir})` : fhir;
      const made = (text: string): string => {
        const parts = { ...fullSample(hl7), [n]: text };
        return JSON.stringify(convertSample(hl7, wanted, valueOf(parts), new Map()) ?? null);
      };
      return made(code).includes(JSON.stringify(target)) && (code === target || made(code) !== made('??'));
    });
  }
}

/** What the code maps are judged by. */
interface CodeSetting {
  readonly mappings: readonly DescribedMapping[];
  readonly tables: ReadonlyMap<string, Table>;
  readonly differences: Differences;
}

/** Every code of every concept map that has a target, and what the tables and converters make of it. */
export function judgeCodes(
  sheets: readonly Sheet[],
  segments: readonly Sheet[],
  types: readonly Sheet[],
  { mappings, tables, differences }: CodeSetting,
): readonly JudgedSheet[] {
  const uses = usesOf(segments, types);
  const rules = mappings.flatMap((mapping) => mapping.rules);
  const judge = new CodeJudge(rules, tables, differences);
  return sheets.map((sheet) => judge.judge(sheet, uses.get(plain(sheet.name))));
}
