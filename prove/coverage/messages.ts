import type { DescribedMapping } from '../../src/mapping/describe/describe.ts';
import type { DescribedRule } from '../../src/mapping/describe/rules.ts';
import type { Sheet } from './csv.ts';
import type { Differences, Reason } from './differences.ts';
import type { Judged, JudgedSheet } from './judged.ts';

/** One segment of a message and the resource that the guide makes of it. */
interface Row {
  readonly segment: string;
  readonly place: string;
  readonly type: string;
  readonly map: string;
}

/** `Provenance[1].entity.what(Device)` makes a Device. */
const typeOf = (target: string): string =>
  target
    .replace(/^.*\(/u, '')
    .replaceAll(/\[[^\]]*\]|\)/gu, '')
    .split(/[.\s]/u, 1)
    .join('');

function rowsOf({ rows }: Sheet): readonly Row[] {
  return rows.flatMap((cells) => {
    const [place = '', target = '', map = ''] = [cells[1], cells[9], cells[10]];
    const segment = /([A-Z][A-Z0-9]{2})$/u.exec(place)?.[1];
    return segment === undefined || target === '' || map === '' ? [] : [{ segment, place, type: typeOf(target), map }];
  });
}

/** The mapping of a message: by its structure, else by the event that it is named after. */
function mappingOf(name: string, mappings: readonly DescribedMapping[]): DescribedMapping | undefined {
  const [code = '', event = ''] = name.split('_');
  return (
    mappings.find(({ structure }) => structure === name) ??
    mappings.find(({ structure, events }) => structure.startsWith(`${code}_`) && events.includes(event))
  );
}

const reads = ({ readings }: DescribedRule, segment: string): boolean =>
  [...readings.fields, ...readings.conditions].some((field) => field.startsWith(`${segment}-`));

/** A rule of such a resource reads the segment, or refers to what is made of it (the patient of an Appointment). */
function isMade({ segment, type, map }: Row, { rules }: DescribedMapping): boolean {
  const refers = map.startsWith(`${segment}[${type}`);
  const about = new Set(rules.filter((rule) => reads(rule, segment)).map(({ resource }) => resource));
  return rules.some((rule) => {
    if (rule.type !== type) return false;
    return reads(rule, segment) || (refers && [...rule.text.matchAll(/\$(\w+)/gu)].some(([, name = '']) => about.has(name)));
  });
}

/** Of a segment map that is not followed at all: why not. */
function excuseOf(rows: readonly Judged[]): readonly Reason[] {
  const [first] = rows;
  if (first === undefined || !rows.every(({ state }) => state === 'different' || state === 'no-place')) return [];
  return [{ kind: first.state === 'no-place' ? 'no-place' : 'different', text: first.note }];
}

/** For every message of the guide: whether each segment makes the resources that the guide makes of it. */
export function judgeMessages(
  sheets: readonly Sheet[],
  mappings: readonly DescribedMapping[],
  { differences, segments }: { readonly differences: Differences; readonly segments: readonly JudgedSheet[] },
): readonly JudgedSheet[] {
  const excuses = new Map(segments.flatMap(({ name, rows }) => excuseOf(rows).map((reason) => [name, reason] as const)));
  return sheets.map((sheet) => {
    const mapping = mappingOf(sheet.name, mappings);
    const rows = rowsOf(sheet).map((row): Judged => {
      const base = { from: row.place, to: `${row.type} by ${row.map}` };
      const corrected = differences.corrected('messages', sheet.name, row.map);
      if (mapping !== undefined && isMade({ ...row, type: corrected ?? row.type }, mapping)) {
        return { ...base, state: 'mapped', note: corrected === undefined ? '' : `read as ${corrected}` };
      }
      const reason = differences.find('messages', sheet.name, [row.map]) ??
        excuses.get(row.map) ??
        differences.find('segments', row.map, []);
      if (reason !== undefined) return { ...base, state: reason.kind, note: reason.text };
      return { ...base, state: 'missing', note: mapping === undefined ? 'no mapping' : '' };
    });
    return { name: sheet.name, rows };
  });
}
