import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import type { Sheet } from './csv.ts';
import type { Differences } from './differences.ts';
import { PROPOSED, type Judged, type JudgedSheet } from './judged.ts';
import { fills, targetsOf, type Target } from './targets.ts';

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

const readsField = (rule: DescribedRule, field: string): boolean =>
  rule.readings.fields.some((one) => one === field || one.startsWith(`${field}.`));

/** `role(CODE)` brings the extension of its own. */
const hasUrl = (rule: DescribedRule, url: string): boolean =>
  rule.url === url || rule.text.includes(url) || (url.endsWith('/event-performerFunction') && rule.text.includes('| role('));

const readsSegment = (rule: DescribedRule, segment: string): boolean =>
  [...rule.readings.fields, ...rule.readings.conditions].some((one) => one.startsWith(`${segment}-`));

/** `extension[1]` of a sheet: the URL that its `url` row assigns. */
function extensionUrls(rows: readonly Row[]): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const { field, attribute, assignment } of rows) {
    const label = labelOf(attribute);
    const key = `${field} ${label ?? ''}`;
    if (label !== undefined && /extension(?:\[\d+\])?\.ur[li]\)*$/u.test(attribute) && !urls.has(key)) urls.set(key, assignment);
  }
  return urls;
}

/** Up to and with the outermost extension. */
const labelOf = (attribute: string): string | undefined => /^.*?extension(?:\[[^\]]*\])?/u.exec(attribute)?.[0];

const OWN_EXTENSION = 'R4 validators refuse the URLs of later releases: an extension of our own';

/** `OBX[Observation-Component]`: the segment, the resource, and whether it is about its components. */
function partsOf(sheet: string): { readonly segment: string; readonly type: string; readonly isComponent: boolean } {
  const [, segment = '', type = '', part = ''] = /^([A-Z0-9]+)\[([A-Za-z]+)(?:-(\w+))?/u.exec(sheet) ?? [];
  return { segment, type, isComponent: part === 'Component' };
}

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
    const { field, attribute } = row;
    const base = { from: field, to: attribute };
    const key = `${field} ${attribute.replaceAll(/\[[^\]]*\]/gu, '')}`;
    const forced = this.#differences.forced('segments', sheet, key);
    if (forced !== undefined) return { ...base, state: forced.kind, note: forced.text };
    const named = urls.get(`${field} ${labelOf(attribute) ?? ''}`);
    const url = this.#differences.url(named);
    const corrected = this.#differences.corrected('segments', sheet, key);
    const meant = { ...row, attribute: corrected ?? attribute };
    if (this.#isMapped(meant, sheet, url)) {
      return { ...base, state: 'mapped', note: readAs(corrected, url === named ? undefined : url) };
    }
    if (this.#isOwnExtension(row, partsOf(sheet).type, url)) return { ...base, state: 'no-place', note: OWN_EXTENSION };
    return { ...base, ...(this.#excuse(sheet, row, key) ?? this.#lack(row, url)) };
  }

  /** The guide borrows an extension of a later release, and ours has a URL of its own. */
  #isOwnExtension({ field }: Row, type: string, url: string | undefined): boolean {
    if (url === undefined || !/\/fhir\/v?\\?[56]\.0\//u.test(url)) return false;
    return this.#rules.some(
      (rule) => rule.type === type && rule.url?.startsWith('urn:jingluo:') === true && this.#reads(rule, field),
    );
  }

  /** Why a row is not mapped as the guide says; undefined where nothing says so. */
  #excuse(sheet: string, { field, proposed }: Row, key: string): Pick<Judged, 'state' | 'note'> | undefined {
    if (proposed) return PROPOSED;
    const reason = this.#differences.find('segments', sheet, [key, field]);
    return reason === undefined ? undefined : { state: reason.kind, note: reason.text };
  }

  /** What a row lacks that is neither mapped nor excused. */
  #lack({ field, assignment }: Row, url: string | undefined): Pick<Judged, 'state' | 'note'> {
    const others = this.#rules.filter((rule) => field.includes('-') && readsField(rule, field));
    const where = [...new Set(others.map((rule) => `${rule.type}.${rule.element}`))].sort();
    if (where.length === 0) return { state: 'missing', note: url ?? assignment };
    return { state: 'elsewhere', note: `${where.join(', ')}${url === undefined ? '' : ` (wanted ${url})`}` };
  }

  #isMapped(row: Row, sheet: string, url: string | undefined): boolean {
    const { segment, type, isComponent } = partsOf(sheet);
    const targets = isComponent
      ? [...targetsOf(type, row.attribute), ...targetsOf(type, `component.${row.attribute}`)]
      : targetsOf(type, row.attribute);
    const whole = !row.field.includes('-');
    const about = this.#rules.filter((rule) => readsSegment(rule, segment));
    const types = new Set(about.map(({ type }) => type));
    const sets = new Set(about.map(({ resource }) => resource));
    // What the guide says of no field (`TXA`) is met in the resource that it names, not on the way to it.
    const ends = whole && targets.length > 1 ? targets.slice(1) : targets;
    const isMeant = (rule: DescribedRule): boolean =>
      (row.assignment !== '' && rule.text === row.assignment && sets.has(rule.resource) && targets.some((target) => fills(rule, target))) ||
      ends.some((target) => this.#refers(rule, target, segment));
    const isAbout = (rule: DescribedRule): boolean => (whole ? types.has(rule.type) : this.#reads(rule, row.field));
    return this.#rules.some((rule) => isMeant(rule) || (isAbout(rule) && fillsRow(rule, row, ends, url)));
  }

  /** `subscriber(RelatedPerson)`: the rule of the element names a rule set of that type, which is about the segment. */
  #refers(rule: DescribedRule, target: Target, segment: string): boolean {
    const { refersTo } = target;
    if (refersTo === undefined || !fills(rule, target)) return false;
    const named = new Set([...rule.text.matchAll(/\$(\w+)/gu)].map(([, name]) => name));
    const asked = rule.readings.conditions.some((one) => one.startsWith(`${segment}-`));
    return this.#rules.some(
      (other) => named.has(other.resource) && other.type === refersTo && (asked || readsSegment(other, segment)),
    );
  }

  #reads(rule: DescribedRule, field: string): boolean {
    if (readsField(rule, field)) return true;
    // A constant that only stands where the field does: `{ when: PV1-7 exists, is: … }`, or beside it in one object.
    if (rule.readings.fields.length > 0) return false;
    if (rule.readings.conditions.some((one) => one === field || one.startsWith(`${field}.`))) return true;
    // Beside means: in the nearest object around the constant that says anything of the message.
    const names = rule.element.split('.');
    for (let length = names.length - 1; length > 0; length -= 1) {
      const owner = `${names.slice(0, length).join('.')}.`;
      const beside = this.#rules.filter(
        (other) =>
          other.resource === rule.resource &&
          other.file === rule.file &&
          other.element.startsWith(owner) &&
          other.readings.fields.length > 0,
      );
      if (beside.length > 0) return beside.some((other) => readsField(other, field));
    }
    return false;
  }
}

/** The rule makes the extension of that URL, else it fills one of the elements. */
function fillsRow(rule: DescribedRule, { proposed }: Row, targets: readonly Target[], url: string | undefined): boolean {
  const isOf = targets.some(({ type }) => type === rule.type);
  // `value` inside a businessEvent is found by its element.
  if (url?.includes(':') === true) return isOf && hasUrl(rule, url);
  if (proposed) return isOf && rule.url !== undefined;
  return targets.some((target) => fills(rule, target));
}

/** How a row that the guide misspells was read. */
function readAs(...corrections: readonly (string | undefined)[]): string {
  const made = corrections.filter((one) => one !== undefined);
  return made.length === 0 ? '' : `read as ${made.join(', ')}`;
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
