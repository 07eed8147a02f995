import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { EngineConfig } from '../config/engine-config.ts';
import { loadConfig } from '../config/load.ts';
import { loadConcepts } from '../config/load-concepts.ts';
import { JingluoError, problem, type Problem } from '../core/problem.ts';
import { didYouMean } from '../core/nearest.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ConceptSet } from '../fhir/concepts.ts';
import type { MappingSet } from '../mapping/contract.ts';
import { loadMappings } from '../mapping/load.ts';
import type { OutboundSet } from '../mapping/outbound/contract.ts';
import type { FollowUpConfig } from '../triggers/follow-up-config.ts';
import { loadFollowUp } from '../triggers/read/load-follow-up.ts';
import { readTree, type TextFile } from './files.ts';
import { HOME } from './home.ts';
import { expressionKnowledge } from './knowledge.ts';
import { readOutbound } from './outbound-files.ts';
import { PLUGINS } from './plugins.ts';

/** Where a site is described and kept. */
export interface SiteOptions {
  /** Configuration file; the demo configuration where absent. */
  readonly config?: string;
  /** Data folder; overrides the configuration. */
  readonly data?: string;
}

/** Everything that a configuration names, read, checked and compiled. */
export interface Site {
  readonly config: EngineConfig;
  readonly mappings: MappingSet;
  /** Only where a channel answers queries. */
  readonly outbound?: OutboundSet;
  readonly concepts: ConceptSet;
  readonly followUp: FollowUpConfig;
}

/** The configuration of a site alone, for commands that need no mappings and plans; every fault of it at once. */
export async function readSiteConfig(options: SiteOptions): Promise<Result<EngineConfig, readonly Problem[]>> {
  const file = options.config ?? path.join(HOME, 'config', 'demo.yaml');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return err([problem('config.not-found', `There is no file ${file}.`, { file })]);
  const data = options.data === undefined ? {} : { dataDir: path.resolve(options.data) };
  return loadConfig({ file, text, env: process.env, plugins: PLUGINS, home: HOME, ...data });
}

/** Reads a site as a whole: configuration, mappings, concepts, plans; every fault of every file at once. */
export async function readSite(options: SiteOptions): Promise<Result<Site, readonly Problem[]>> {
  const config = await readSiteConfig(options);
  if (!config.ok) return config;
  const { folders, file } = config.value;
  const concepts = loadConcepts(await readTree(folders.concepts, ['.yaml']));
  const mappings = loadMappings(await mappingFiles(folders.mappings));
  if (!concepts.ok) return mappings.ok ? concepts : err([...concepts.error, ...mappings.error]);
  const followUp = await readFollowUp(config.value, concepts.value);
  const problems = [...(mappings.ok ? [] : mappings.error), ...(followUp.ok ? [] : followUp.error)];
  if (!mappings.ok || !followUp.ok) return err(problems);
  const outbound = await answerMappings(config.value);
  if (!outbound.ok) return outbound;
  const overlays = unknownOverlays(config.value, mappings.value, file);
  if (overlays.length > 0) return err(overlays);
  return ok({
    config: config.value,
    mappings: mappings.value,
    ...outbound.value,
    concepts: concepts.value,
    followUp: followUp.value,
  });
}

/** The outbound mappings, which answers to queries are made by, where a channel gives any. */
async function answerMappings({
  channels,
  folders,
}: EngineConfig): Promise<Result<Pick<Site, 'outbound'>, readonly Problem[]>> {
  if (!channels.some(({ settings }) => settings.queries !== undefined)) return ok({});
  const outbound = await readOutbound(folders.mappings);
  return outbound.ok ? ok({ outbound: outbound.value }) : outbound;
}

/** Channels whose `site` is no overlay below `mappings/sites`: they would be mapped as if they had none. */
function unknownOverlays(config: EngineConfig, mappings: MappingSet, file: string): readonly Problem[] {
  return config.channels.flatMap(({ settings: { name, site } }) => {
    if (site === undefined || mappings.sites.includes(site)) return [];
    const message = `Channel ${name} names the site "${site}", of which mappings/sites has no overlay${didYouMean(site, mappings.sites)}.`;
    return [problem('config.unknown-name', message, { file, path: `channels.${name}.site` })];
  });
}

/** {@link readSite}, where faults end the command. */
export async function loadSite(options: SiteOptions): Promise<Site> {
  const site = await readSite(options);
  if (!site.ok) throw new JingluoError(site.error);
  return site.value;
}

/** The mappings of a folder, compiled; their faults end the command. */
export async function mappingsIn(folder: string): Promise<MappingSet> {
  const loaded = loadMappings(await mappingFiles(folder));
  if (!loaded.ok) throw new JingluoError(loaded.error);
  return loaded.value;
}

/** The files of a mappings folder, test cases left out. */
async function mappingFiles(folder: string): Promise<readonly TextFile[]> {
  const files = await readTree(folder, ['.yaml', '.csv']);
  return files.filter((file) => !file.path.endsWith('.test.yaml'));
}

async function readFollowUp(
  config: EngineConfig,
  concepts: ConceptSet,
): Promise<Result<FollowUpConfig, readonly Problem[]>> {
  const { folders } = config;
  const under = async (folder: string): Promise<readonly TextFile[]> =>
    (await readTree(folder, ['.yaml'])).map((file) => ({ ...file, path: path.join(path.basename(folder), file.path) }));
  const directory = await readFile(folders.directory, 'utf8').catch(() => undefined);
  return loadFollowUp(
    {
      planSchema: await readFile(path.join(HOME, 'config', 'schemas', 'plan.schema.json'), 'utf8'),
      plans: await under(folders.plans),
      templates: await under(folders.templates),
      questionnaires: await under(folders.questionnaires),
      calendars: await under(folders.calendars),
      ...(directory === undefined ? {} : { directory: { path: folders.directory, text: directory } }),
    },
    expressionKnowledge(concepts),
  );
}
