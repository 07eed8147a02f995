import type { Judged, JudgedSheet } from './judged.ts';

const STATES: readonly Judged['state'][] = ['mapped', 'different', 'no-place', 'elsewhere', 'missing'];

const count = (rows: readonly Judged[], state: Judged['state']): number =>
  rows.filter((row) => row.state === state).length;

/** Of the rows that R4 has a place for, how many are in these states. */
function share(rows: readonly Judged[], ...states: readonly Judged['state'][]): string {
  const possible = rows.length - count(rows, 'no-place');
  const found = states.reduce((sum, state) => sum + count(rows, state), 0);
  return possible === 0 ? '' : `${((100 * found) / possible).toFixed(1)} %`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function summary(name: string, rows: readonly Judged[]): string {
  return `| ${cell(name)} | ${[rows.length, ...STATES.map((state) => count(rows, state)), share(rows, 'mapped'), share(rows, 'mapped', 'different')].join(' | ')} |`;
}

function details({ name, rows }: JudgedSheet): readonly string[] {
  const shown = rows.filter(({ state }) => state !== 'mapped');
  if (shown.length === 0) return [];
  return [
    `### ${name}`,
    '',
    '| from | guide | state | note |',
    '| --- | --- | --- | --- |',
    ...shown.map(({ from, to, state, note }) => `| ${from} | \`${cell(to)}\` | ${state} | ${cell(note)} |`),
    '',
  ];
}

function section(title: string, sheets: readonly JudgedSheet[]): readonly string[] {
  return [
    `## ${title}`,
    '',
    `| sheet | rows | ${STATES.join(' | ')} | mapped | or different |`,
    `| --- |${' --- |'.repeat(STATES.length + 3)}`,
    ...sheets.filter(({ rows }) => rows.length > 0).map(({ name, rows }) => summary(name, rows)),
    summary('all', sheets.flatMap(({ rows }) => rows)),
    '',
    ...sheets.flatMap(details),
  ];
}

/** `docs/mapping-coverage.md`. */
export function coveragePage(parts: ReadonlyMap<string, readonly JudgedSheet[]>): string {
  return [
    "# Coverage of HL7's v2-to-FHIR guide",
    '',
    "Every row of the guide's message, segment, data type and code maps that names a FHIR element, and what the base mappings do",
    'with it: **mapped** to that element; **different** on purpose (docs/guide-differences.yaml says why); **no place** in',
    'R4; **elsewhere**: the value is kept, but in another element; **missing**. The share is of the rows that R4 has a',
    'place for, first those mapped as the guide says, then with those that are different on purpose. This page is generated: `npm run prove:coverage -- --guide FOLDER`.',
    '',
    ...[...parts].flatMap(([title, sheets]) => section(title, sheets)),
  ].join('\n');
}
