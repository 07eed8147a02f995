import { readFile } from 'node:fs/promises';

import { JingluoError, problem } from '../core/problem.ts';
import { isObject, listOf, parseFhir } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';
import type { OutboundEntry, OutboundResult, OutboundSettings } from '../mapping/outbound/contract.ts';
import { readSettingsFile } from '../mapping/outbound/read/settings.ts';
import { readOutbound } from './outbound-files.ts';
import { readSiteConfig, type SiteOptions } from './site.ts';

function isResource(value: unknown): value is FhirResource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

async function textOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new JingluoError(problem('operation.file', `There is no file ${file}.`));
  return text;
}

/** The resources of a file: a Bundle, one resource, or a list of them. */
async function readEntries(file: string): Promise<readonly OutboundEntry[]> {
  const json = parsed(await textOf(file), file);
  const bundle = isObject(json) && json['resourceType'] === 'Bundle' ? json : undefined;
  const entries = bundle === undefined ? listOf(json).map((resource) => ({ resource })) : listOf(bundle['entry']);
  return entries.flatMap((entry): readonly OutboundEntry[] => {
    const { resource, fullUrl } = isObject(entry) ? entry : {};
    if (!isResource(resource)) return [];
    return [typeof fullUrl === 'string' ? { resource, fullUrl } : { resource }];
  });
}

function parsed(text: string, file: string): unknown {
  try {
    return parseFhir(text);
  } catch {
    throw new JingluoError(problem('operation.file', `${file} is not JSON.`));
  }
}

async function readReceiver(file: string): Promise<OutboundSettings> {
  const settings = readSettingsFile(file, await textOf(file));
  if (!settings.ok) throw new JingluoError(settings.error);
  return settings.value;
}

/** What messages are to be made, and for whom. */
export interface UnmapFileOptions extends SiteOptions {
  /** `ADT_A08`, `ORU_R01`, … */
  readonly send: string;
  /** Site overlay of the mappings. */
  readonly site?: string;
  /** File with the resources as they were sent before. */
  readonly before?: string;
  /** YAML file with the settings of the receiver. */
  readonly settings?: string;
  /** MSH-18; overrides the settings. */
  readonly charset?: string;
  /** Asks for the rule of every value. */
  readonly explain?: boolean;
}

/** The messages that the resources of a file say. Faults of mappings, settings and files end it. */
export async function unmapFile(file: string, options: UnmapFileOptions): Promise<OutboundResult> {
  const config = await readSiteConfig(options);
  if (!config.ok) throw new JingluoError(config.error);
  const set = await readOutbound(config.value.folders.mappings);
  if (!set.ok) throw new JingluoError(set.error);
  const given = options.settings === undefined ? {} : await readReceiver(options.settings);
  const charset = options.charset === undefined ? {} : { charset: options.charset };
  const mapping = set.value.for(options.send, { zone: config.value.zone, ...given, ...charset }, options.site);
  if (!mapping.ok) throw new JingluoError(mapping.error);
  const entries = await readEntries(file);
  const before = options.before === undefined ? {} : { before: await readEntries(options.before) };
  const now = new Date();
  let number = 0;
  const nextControlId = (): string => `${now.getTime().toString(36).toUpperCase()}-${(number += 1)}`;
  return mapping.value.run({ entries, ...before }, { now, nextControlId, trace: options.explain === true });
}
