import type { MappingFile } from '../../mapping/contract.ts';
import { describeMappings } from '../../mapping/describe/describe.ts';
import { EXTENSIONS } from '../../mapping/types/extensions.ts';

interface Row {
  readonly on: Set<string>;
  readonly from: Set<string>;
}

function rowOf(rows: Map<string, Row>, url: string): Row {
  const row = rows.get(url) ?? { on: new Set<string>(), from: new Set<string>() };
  rows.set(url, row);
  return row;
}

/** `extension.valueCodeableConcept` stands on what is around it. */
const owner = (type: string, element: string): string => {
  const path = element.split('.').slice(0, element.split('.').indexOf('extension')).join('.');
  return path === '' ? type : `${type}.${path}`;
};

function rowsOf(files: readonly MappingFile[]): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const { url, on, from } of Object.values(EXTENSIONS)) {
    rowOf(rows, url).on.add(on);
    rowOf(rows, url).from.add(from);
  }
  const mappings = describeMappings(files);
  for (const { url, type, element, readings } of mappings.ok ? mappings.value.flatMap(({ rules }) => rules) : []) {
    if (url === undefined || !element.split('.').includes('extension')) continue;
    const row = rowOf(rows, url);
    row.on.add(owner(type, element));
    for (const field of readings.fields) row.from.add(field);
  }
  for (const { type, segments } of mappings.ok ? mappings.value.flatMap(({ keepers }) => keepers) : []) {
    for (const segment of segments) {
      const row = rowOf(rows, `urn:jingluo:hl7v2:${segment}-n`);
      row.on.add(type);
      row.from.add(segment);
    }
  }
  return rows;
}

const list = (texts: ReadonlySet<string>): string => [...texts].toSorted().join(', ');

/** docs/mapping/extensions.md: every extension that the base mappings and conversions make. */
export function extensionsPage(files: readonly MappingFile[]): string {
  const rows = [...rowsOf(files)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Extensions',
    '',
    'What a message says and R4 has no element for, where it does not stay on the unmapped list. `http://hl7.org/…` are',
    'HL7’s own (R4 or the guide), `urn:jingluo:extension:…` are ours. `urn:jingluo:hl7v2:PV1-n` keeps what no rule reads of',
    'field n of PV1, as a string or in parts with the numbers of components (`4`, `4.1`), on the resource that was made of',
    'the segment. Generated from the base mappings: `npm run docs`.',
    '',
    '| URL | on | from |',
    '| --- | --- | --- |',
    ...rows.map(([url, { on, from }]) => `| \`${url}\` | ${list(on)} | ${list(from)} |`),
    '',
  ].join('\n');
}
