import type { DescribedDirective, DescribedMapping } from '../../mapping/describe/describe.ts';

const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);

function row({ kind, of, when, number, other }: DescribedDirective): string {
  return `| ${kind} | ${of} | ${code(number)} | ${code(other)} | ${code(when)} |`;
}

/** What a message states of numbers, as a section of its page; nothing where it states nothing. */
export function directiveSection({ directives }: DescribedMapping): readonly string[] {
  if (directives.length === 0) return [];
  return [
    '## What it states of numbers',
    '',
    '| directive | of | number | right number, or to whom | when |',
    '| --- | --- | --- | --- | --- |',
    ...directives.map(row),
    '',
  ];
}
