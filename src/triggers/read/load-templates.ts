import { Liquid } from 'liquidjs';
import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import { sha256 } from '../../core/ids.ts';
import { CHANNEL_NAMES } from '../plan.ts';
import type { Template, TemplateSource } from '../template.ts';
import { compileSchema, schemaFaults } from './check-schema.ts';
import type { ConfigFile, YamlFile } from './yaml-file.ts';
import { readYaml } from './yaml-file.ts';

interface TemplatesSource {
  readonly templates: readonly TemplateSource[];
  /** Words that no template for patients may hold. */
  readonly diagnosisWords?: readonly string[];
}

const validate = compileSchema(
  {
    type: 'object',
    additionalProperties: false,
    required: ['templates'],
    properties: {
      diagnosisWords: { type: 'array', items: { type: 'string', minLength: 1 } },
      templates: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['id', 'version', 'audience', 'text'],
          properties: {
            id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
            version: { type: 'string' },
            audience: { enum: ['patient', 'staff'] },
            text: { type: 'string', minLength: 1 },
            channels: {
              type: 'object',
              additionalProperties: false,
              properties: Object.fromEntries(
                CHANNEL_NAMES.map((channel) => [channel, { type: 'string', minLength: 1 }]),
              ),
            },
          },
        },
      },
    },
  },
  () => true,
);

/** Strict variables, bounded work, no files and no prototypes in reach. */
const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  parseLimit: 100_000,
  renderLimit: 1_000,
  memoryLimit: 1_000_000,
  templates: {},
});

/** Reads template files; texts are parsed once. */
export function loadTemplates(files: readonly ConfigFile[], faults: Problem[]): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  for (const file of files) {
    const yaml = readYaml(file);
    if (!yaml.ok) {
      faults.push(...yaml.error);
      continue;
    }
    const found = schemaFaults(validate, yaml.value);
    faults.push(...found);
    if (found.length > 0) continue;
    const source = yaml.value.value as TemplatesSource;
    source.templates.forEach((_entry, index) => {
      const template = checked({ file: yaml.value, source, index }, faults);
      if (template !== undefined) templates.set(template.id, template);
    });
  }
  return templates;
}

interface Entry {
  readonly file: YamlFile;
  readonly source: TemplatesSource;
  readonly index: number;
}

function checked({ file, source, index }: Entry, faults: Problem[]): Template | undefined {
  const entry = source.templates[index];
  if (entry === undefined) return undefined;
  const parse = (text: string, ...path: readonly string[]): ReturnType<Liquid['parse']> => {
    const place = file.place(['templates', index, ...path]);
    const word = entry.audience === 'patient' ? source.diagnosisWords?.find((bad) => text.includes(bad)) : undefined;
    if (word !== undefined) {
      faults.push(problem('trigger.template-diagnosis', `a text for patients may not hold \`${word}\``, place));
    }
    try {
      return engine.parse(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown fault';
      faults.push(problem('trigger.template-invalid', reason, place));
      return [];
    }
  };
  return compiled(entry, parse);
}

/** A template from a text that was checked when it was loaded, and kept since. */
export function compileTemplate(source: TemplateSource): Template {
  return compiled(source, (text) => engine.parse(text));
}

function compiled(
  source: TemplateSource,
  parse: (text: string, ...path: readonly string[]) => ReturnType<Liquid['parse']>,
): Template {
  const { id, version, audience, text, channels = {} } = source;
  const standard = parse(text, 'text');
  const special = new Map(
    Object.entries(channels).map(([channel, own]) => [channel, parse(own, 'channels', channel)] as const),
  );
  return {
    id,
    version,
    audience,
    source,
    hash: sha256(JSON.stringify([id, version, audience, text, channels])),
    fill: (channel, values) => String(engine.renderSync(special.get(channel) ?? standard, { ...values })),
  };
}
