import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readEvent } from '../hl7/header.ts';
import type { Message } from '../hl7/message.ts';
import type { CompiledMapping, LoadMappings, MappingSet } from './contract.ts';
import { buildSite, type EventMappings } from './compile/site.ts';
import { Faults } from './compile/faults.ts';
import { KnownResources } from './compile/known-resources.ts';
import { readLibrary } from './read/library.ts';

const BASE = '';

function choose(
  all: ReadonlyMap<string, EventMappings>,
  message: Message,
  site: string,
): Result<CompiledMapping, Problem> {
  const { code, trigger } = readEvent(message);
  const event = `${code}^${trigger}`;
  const found = (all.get(site) ?? all.get(BASE))?.get(event);
  if (found !== undefined) return ok(found);
  const shown = /^[A-Z]{3}\^[A-Z0-9]{3}$/u.test(event) ? event : 'this MSH-9';
  return err(problem('mapping.unknown-event', `there is no mapping for ${shown}`, { path: 'MSH-9' }));
}

/** Reads, checks and compiles all mapping files; every fault of every file at once. */
export const loadMappings: LoadMappings = (files) => {
  const library = readLibrary(files);
  const faults = new Faults();
  const known = new KnownResources();
  const all = new Map<string, EventMappings>();
  for (const site of [BASE, ...library.sites.keys()]) all.set(site, buildSite(site, { library, faults, known }));
  const found = [...library.faults, ...faults.list];
  if (found.length > 0) return err(found);
  const set: MappingSet = {
    for: (message, site) => choose(all, message, site ?? BASE),
    sites: [...library.sites.keys()],
  };
  return ok(set);
};
