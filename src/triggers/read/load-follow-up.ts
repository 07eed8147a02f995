import fhirpath from 'fhirpath';
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { err, ok } from '../../core/result.ts';
import type { ExpressionKnowledge } from '../expression.ts';
import type { FollowUpConfig } from '../follow-up-config.ts';
import type { Plan } from '../plan.ts';
import { planFaults } from './check-plan.ts';
import { compileSchema, schemaFaults } from './check-schema.ts';
import { compilePlan } from './compile-plan.ts';
import { loadCalendar } from './load-calendar.ts';
import { loadDirectory } from './load-directory.ts';
import { loadQuestionnaires } from './load-questionnaires.ts';
import { loadTemplates } from './load-templates.ts';
import type { PlanSource } from './plan-source.ts';
import type { ConfigFile } from './yaml-file.ts';
import { readYaml } from './yaml-file.ts';

/** The texts that make up follow-up; who reads them from disk is not the concern of the language. */
export interface FollowUpFiles {
  /** JSON text of `config/schemas/plan.schema.json`. */
  readonly planSchema: string;
  readonly plans: readonly ConfigFile[];
  readonly templates: readonly ConfigFile[];
  readonly questionnaires: readonly ConfigFile[];
  readonly calendars: readonly ConfigFile[];
  readonly directory?: ConfigFile;
}

/** Reads, checks and compiles everything; on failure every fault at once with file, line and column. */
export function loadFollowUp(
  files: FollowUpFiles,
  knowledge: ExpressionKnowledge,
): Result<FollowUpConfig, readonly Problem[]> {
  const faults: Problem[] = [];
  const templates = loadTemplates(files.templates, faults);
  const questionnaires = loadQuestionnaires(files.questionnaires, faults);
  const calendar = loadCalendar(files.calendars, faults);
  const { directory, policy } = loadDirectory(files.directory, faults);
  const validate = compileSchema(JSON.parse(files.planSchema), isFhirPath);
  const names = { templates: [...templates.keys()], questionnaires: [...questionnaires.keys()], knowledge };
  const plans: Plan[] = [];
  for (const file of files.plans) {
    const yaml = readYaml(file);
    const wrong = yaml.ok ? schemaFaults(validate, yaml.value) : yaml.error;
    faults.push(...wrong);
    if (!yaml.ok || wrong.length > 0) continue;
    const source = yaml.value.value as PlanSource;
    const meant = planFaults(yaml.value, source, names);
    faults.push(...meant);
    if (meant.length === 0) plans.push(compilePlan(yaml.value, source, knowledge, faults));
  }
  if (faults.length > 0) return err(faults);
  return ok({ plans: plans.sort(newestFirst), templates, questionnaires, directory, policy, calendar });
}

function isFhirPath(text: string): boolean {
  try {
    fhirpath.parse(text);
    return true;
  } catch {
    return false;
  }
}

function newestFirst(a: Plan, b: Plan): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  const parts = (version: string): readonly number[] => version.split('.').map(Number);
  const [left, right] = [parts(a.version), parts(b.version)];
  const index = left.findIndex((part, at) => part !== right[at]);
  return index === -1 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}
