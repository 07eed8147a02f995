import type { Problem } from '../../core/problem.ts';
import type { Questionnaire } from '../follow-up-config.ts';
import { compileSchema, schemaFaults } from './check-schema.ts';
import type { ConfigFile } from './yaml-file.ts';
import { readYaml } from './yaml-file.ts';

const text = { type: 'string', minLength: 1 };
const validate = compileSchema(
  {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'title', 'items'],
    properties: {
      id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
      title: text,
      items: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['id', 'text'],
          properties: { id: text, text },
        },
      },
    },
  },
  () => true,
);

/** Reads questionnaire files, one question set each. */
export function loadQuestionnaires(
  files: readonly ConfigFile[],
  faults: Problem[],
): ReadonlyMap<string, Questionnaire> {
  const found = new Map<string, Questionnaire>();
  for (const file of files) {
    const yaml = readYaml(file);
    const wrong = yaml.ok ? schemaFaults(validate, yaml.value) : yaml.error;
    faults.push(...wrong);
    if (!yaml.ok || wrong.length > 0) continue;
    const questionnaire = yaml.value.value as Questionnaire;
    found.set(questionnaire.id, questionnaire);
  }
  return found;
}
