import { readFileSync, readdirSync } from 'node:fs';
import type { ExpressionKnowledge } from '../../../src/triggers/expression.ts';
import type { FollowUpFiles } from '../../../src/triggers/read/load-follow-up.ts';

const folder = (name: string): { path: string; text: string }[] =>
  readdirSync(`config/${name}`)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ path: `config/${name}/${file}`, text: readFileSync(`config/${name}/${file}`, 'utf8') }));

/** The follow-up files of the repository. */
export function configFiles(): FollowUpFiles {
  const [directory] = folder('directory').filter((file) => file.path.endsWith('demo.yaml'));
  return {
    planSchema: readFileSync('config/schemas/plan.schema.json', 'utf8'),
    plans: folder('plans'),
    templates: folder('templates'),
    questionnaires: folder('questionnaires'),
    calendars: folder('calendars'),
    ...(directory === undefined ? {} : { directory }),
  };
}

/** Concepts and canonical values as small as tests need them. */
export const knowledge: ExpressionKnowledge = {
  concepts: ['t2dm'],
  concept: (name, codings) => name === 't2dm' && codings.some((coding) => coding.code?.startsWith('E11') === true),
  canonical: (observation) => {
    const quantity = observation['valueQuantity'] as { value?: number; code?: string } | undefined;
    if (quantity?.value === undefined) return undefined;
    return quantity.code === 'mmol/mol'
      ? { value: quantity.value * 0.0915 + 2.15, unit: '%' }
      : { value: quantity.value, unit: quantity.code ?? '1' };
  },
};
