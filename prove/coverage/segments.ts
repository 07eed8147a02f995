import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import { findElement } from '../../src/mapping/types/fhir-model.ts';
import type { Sheet } from './csv.ts';
import type { Differences } from './differences.ts';
import type { Judged, JudgedSheet } from './judged.ts';

/** One row of a segment map that names a FHIR element. */
interface Row {
  /** `PID-5`, or `PID` where the row speaks of the segment. */
  readonly field: string;
  /** As the guide writes it. */
  readonly attribute: string;
  /** Proposed by the guide, no element of R4 yet. */
  readonly proposed: boolean;
  readonly assignment: string;
}

function rowsOf({ rows }: Sheet): readonly Row[] {
  return rows.flatMap((cells) => {
    const [, field = ''] = cells;
    const [attribute = '', proposed = ''] = cells.slice(9, 11);
    if (!/^[A-Z][A-Z0-9]{2}(?:[-.]|$)/u.test(field) || (attribute === '' && proposed === '')) return [];
    const assignment = (cells[16] ?? '').replaceAll(/^"|"$/gu, '');
    const shown = attribute === '' ? proposed : attribute;
    return [{ field: field.replace('.', '-'), attribute: shown, proposed: attribute === '', assignment }];
  });
}

/** A type and the path of an element in it. */
interface Target {
  readonly type: string;
  readonly path: readonly string[];
}

/** `valueQuantity` is `value`, `_birthDate` is `birthDate`, indexes are labels. */
function pathOf(type: string, text: string): readonly string[] {
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
function targetsOf(type: string, attribute: string): readonly Target[] {
  const [head = '', ...inner] = attribute.replaceAll(')', '').split('(');
  const nested = inner.flatMap((text) => {
    const [resource = '', ...path] = text.replaceAll(/\[[^\]]*\]/gu, '').split('.');
    return path.length === 0 ? [] : [{ type: resource.trim(), path: pathOf(resource.trim(), conceptOf(path.join('.'))) }];
  });
  return [{ type, path: pathOf(type, conceptOf(head)) }, ...nested.toReversed()];
}

const isPrefix = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((part, index) => index >= other.length || part === other[index]);

function fills(rule: DescribedRule, { type, path }: Target): boolean {
  return rule.type === type && isPrefix(pathOf(rule.type, rule.element), path);
}

const readsField = (rule: DescribedRule, field: string): boolean =>
  rule.readings.fields.some((one) => one === field || one.startsWith(`${field}.`));

/** `role(CODE)` brings the extension of its own. */
const hasUrl = (rule: DescribedRule, url: string): boolean =>
  rule.url === url || (url.endsWith('/event-performerFunction') && rule.text.includes('| role('));

const readsSegment = (rule: DescribedRule, segment: string): boolean =>
  [...rule.readings.fields, ...rule.readings.conditions].some((one) => one.startsWith(`${segment}-`));

/** `extension[1]` of a sheet: the URL that its `url` row assigns. */
function extensionUrls(rows: readonly Row[]): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const { field, attribute, assignment } of rows) {
    const label = labelOf(attribute);
    const key = `${field} ${label ?? ''}`;
    if (label !== undefined && /extension(?:\[\d+\])?\.ur[li]$/u.test(attribute) && !urls.has(key)) urls.set(key, assignment);
  }
  return urls;
}

/** Up to and with the outermost extension. */
const labelOf = (attribute: string): string | undefined => /^.*?extension(?:\[[^\]]*\])?/u.exec(attribute)?.[0];

const OWN_EXTENSION = 'an extension of our own: R4 validators refuse the URLs of later releases';

class SegmentJudge {
  readonly #rules: readonly DescribedRule[];
  readonly #differences: Differences;

  constructor(rules: readonly DescribedRule[], differences: Differences) {
    this.#rules = rules;
    this.#differences = differences;
  }

  judge(sheet: Sheet): JudgedSheet {
    const rows = rowsOf(sheet);
    const urls = extensionUrls(rows);
    return { name: sheet.name, rows: rows.map((row) => this.#judgeRow(sheet.name, row, urls)) };
  }

  #judgeRow(sheet: string, row: Row, urls: ReadonlyMap<string, string>): Judged {
    const [, segment = '', type = '', part = ''] = /^([A-Z0-9]+)\[([A-Za-z]+)(?:-(\w+))?/u.exec(sheet) ?? [];
    const { field, attribute } = row;
    const base = { from: field, to: attribute };
    const url = urls.get(`${field} ${labelOf(attribute) ?? ''}`);
    const inner = part === 'Component' ? targetsOf(type, `component.${attribute}`) : [];
    const targets = [...targetsOf(type, attribute), ...inner];
    if (this.#isMapped(row, segment, { targets, url })) return { ...base, state: 'mapped', note: '' };
    const name = attribute.replaceAll(/\[[^\]]*\]/gu, '');
    const reason = this.#differences.find('segments', sheet, [`${field} ${name}`, field]);
    if (reason !== undefined) return { ...base, state: reason.kind, note: reason.text };
    if (this.#isOwnExtension(row, type, url)) return { ...base, state: 'different', note: OWN_EXTENSION };
    return { ...base, ...this.#lack(row, url) };
  }

  /** The guide borrows an extension of a later release, and ours has a URL of its own. */
  #isOwnExtension({ field }: Row, type: string, url: string | undefined): boolean {
    if (url === undefined || !/\/fhir\/[56]\.0\//u.test(url)) return false;
    return this.#rules.some(
      (rule) => rule.type === type && rule.url?.startsWith('urn:jingluo:') === true && this.#reads(rule, field),
    );
  }

  /** What a row lacks that is neither mapped nor excused. */
  #lack({ field, proposed, assignment }: Row, url: string | undefined): Pick<Judged, 'state' | 'note'> {
    if (proposed) return { state: 'no-place', note: 'proposed by the guide, not defined' };
    const others = this.#rules.filter((rule) => field.includes('-') && readsField(rule, field));
    const where = [...new Set(others.map((rule) => `${rule.type}.${rule.element}`))].sort();
    if (where.length === 0) return { state: 'missing', note: url ?? assignment };
    return { state: 'elsewhere', note: `${where.join(', ')}${url === undefined ? '' : ` (wanted ${url})`}` };
  }

  #isMapped(row: Row, segment: string, { targets, url }: { targets: readonly Target[]; url: string | undefined }): boolean {
    const whole = !row.field.includes('-');
    const types = new Set(this.#rules.filter((rule) => readsSegment(rule, segment)).map(({ type }) => type));
    return this.#rules.some((rule) => {
      if (whole ? !types.has(rule.type) : !this.#reads(rule, row.field)) return false;
      if (url !== undefined && url !== '') return hasUrl(rule, url);
      if (row.proposed) return rule.url !== undefined && rule.type === targets[0]?.type;
      return targets.some((target) => fills(rule, target));
    });
  }

  #reads(rule: DescribedRule, field: string): boolean {
    if (readsField(rule, field)) return true;
    // A constant that only stands where the field does: `{ when: PV1-7 exists, is: … }`, or beside it in one object.
    if (rule.readings.fields.length > 0) return false;
    if (rule.readings.conditions.some((one) => one === field || one.startsWith(`${field}.`))) return true;
    const owner = rule.element.includes('.') ? rule.element.slice(0, rule.element.lastIndexOf('.')) : undefined;
    return (
      owner !== undefined &&
      this.#rules.some(
        (other) =>
          other.resource === rule.resource && other.file === rule.file && other.element.startsWith(owner) && readsField(other, field),
      )
    );
  }
}

/** Every row of every segment map, and what the mappings do with it. */
export function judgeSegments(
  sheets: readonly Sheet[],
  mappings: readonly DescribedMapping[],
  differences: Differences,
): readonly JudgedSheet[] {
  const rules = new Map(
    mappings.flatMap((mapping) =>
      mapping.rules.map((rule) => [JSON.stringify(rule), rule]),
    ),
  );
  const judge = new SegmentJudge([...rules.values()], differences);
  return sheets.map((sheet) => judge.judge(sheet));
}
