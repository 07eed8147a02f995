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

/** A part in one line. */
function total(title: string, rows: readonly Judged[]): string {
  const possible = rows.length - count(rows, 'no-place');
  return `| ${title} | ${possible} | ${share(rows, 'mapped')} | ${share(rows, 'mapped', 'different')} |`;
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

/** The rows of the guide that were read otherwise than they are written. */
function errata(sheets: readonly JudgedSheet[]): readonly string[] {
  const rows = sheets.flatMap(({ name, rows: all }) =>
    all.flatMap(({ from, to, state, note }) =>
      state === 'mapped' && note !== '' ? [`| ${cell(name)} | ${from} | \`${cell(to)}\` | ${cell(note)} |`] : [],
    ),
  );
  if (rows.length === 0) return [];
  return ['Mapped, though the guide misspells the element or its URL:', '', '| sheet | from | guide | |', '| --- | --- | --- | --- |', ...rows, ''];
}

/** What keeps the share of the mapped rows below the whole: reasons, those of most rows first. */
function reasons(sheets: readonly JudgedSheet[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { state, note } of sheets.flatMap(({ rows }) => rows)) {
    if (state === 'different') counts.set(note, (counts.get(note) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST);
  return ['Most of the different rows:', '', ...most.map(([note, rows]) => `- ${rows}: ${cell(note)}`), ''];
}

const MOST = 5;

function section(title: string, sheets: readonly JudgedSheet[]): readonly string[] {
  return [
    `## ${title}`,
    '',
    `| sheet | rows | ${STATES.join(' | ')} | mapped | or different |`,
    `| --- |${' --- |'.repeat(STATES.length + 3)}`,
    ...sheets.filter(({ rows }) => rows.length > 0).map(({ name, rows }) => summary(name, rows)),
    summary('all', sheets.flatMap(({ rows }) => rows)),
    '',
    ...reasons(sheets),
    ...errata(sheets),
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
    'R4 (an element or the URL of a later release, or an extension that the guide only proposes); **elsewhere**: the value is kept,',
    'but in another element; **missing**. The share is of the rows that R4 has a place for, first those mapped as the guide says,',
    'then with those that are different on purpose. What the guide misspells is read as it is meant. This page is generated:',
    '`npm run prove:coverage -- --guide FOLDER`.',
    '',
    '| part | rows that R4 has a place for | mapped as the guide says | or different on purpose |',
    '| --- | --- | --- | --- |',
    ...[...parts].map(([title, sheets]) => total(title, sheets.flatMap(({ rows }) => rows))),
    '',
    ...[...parts].flatMap(([title, sheets]) => section(title, sheets)),
  ].join('\n');
}
