import { Ajv2020 } from 'ajv/dist/2020.js';

import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { compileConcepts, CONCEPT_SCHEMA, type ConceptDefinition, type ConceptSet } from '../fhir/concepts.ts';
import { schemaProblems } from './schema-problems.ts';
import { readYaml } from './yaml-document.ts';

/** Reads, checks and compiles the concept files of an installation; every fault at once. */
export function loadConcepts(
  files: readonly { readonly path: string; readonly text: string }[],
): Result<ConceptSet, readonly Problem[]> {
  const validate = new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile<ConceptDefinition>(
    CONCEPT_SCHEMA,
  );
  const problems: Problem[] = [];
  const found = new Map<string, ConceptDefinition>();
  for (const file of files) {
    const yaml = readYaml(file.path, file.text, {});
    problems.push(...yaml.problems);
    const { value } = yaml;
    if (yaml.problems.length > 0) continue;
    if (!validate(value)) problems.push(...schemaProblems(yaml, validate.errors ?? []));
    else if (found.has(value.id)) {
      problems.push(
        problem('config.duplicate', `The concept "${value.id}" stands in another file too.`, yaml.place(['id'])),
      );
    } else found.set(value.id, value);
  }
  return problems.length > 0 ? err(problems) : ok(compileConcepts([...found.values()]));
}
