import { PROBLEMS } from '../../core/problems/index.ts';

/** `docs/errors.md`: every code of the catalogue with its meaning and what to do, by area. */
export function errorsPage(): string {
  const codes = Object.entries(PROBLEMS).sort(([a], [b]) => (a < b ? -1 : 1));
  const areas = [...new Set(codes.map(([code]) => code.split('.')[0] ?? ''))];
  const sections = areas.map((area) => {
    const rows = codes
      .filter(([code]) => code.startsWith(`${area}.`))
      .map(([code, { meaning, advice }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(advice)} |`);
    return [`## ${area}`, '', '| code | meaning | what to do |', '| --- | --- | --- |', ...rows, ''].join('\n');
  });
  return [
    '# Errors',
    '',
    'Every failure and warning that Jingluo reports has one of these codes: in acknowledgements (ERR-5), in',
    'OperationOutcome (`details.coding`), in the journal of messages (`jingluo messages`) and in the log.',
    'This page is generated from `src/core/problems/`: `npm run docs`.',
    '',
    ...sections,
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
