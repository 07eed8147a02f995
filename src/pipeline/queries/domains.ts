import type { ChannelSettings } from '../../core/channel-settings.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { namespaceSystem } from '../../fhir/local-systems.ts';
import { authorityOf, systemFor, systemOf } from '../../mapping/convert/identifiers.ts';
import type { SearchDeps } from '../../record/search/contract.ts';
import { search } from '../../record/search/search.ts';
import type { AskedDomain, AskedNumber } from './query.ts';
import { escaped } from './parameters.ts';

/** What is known of domains, beside what the record holds. */
export interface DomainDeps {
  readonly searching: SearchDeps;
  /** Namespaces of the configuration (`owns` and `ids` of sources and channels). */
  readonly namespaces: readonly string[];
}

/** The systems whose numbers are told: all that the channel may see, or those of them that the query asks for. */
export type Systems = 'all' | ReadonlySet<string>;

/** System of a domain as messages name it. */
const systemOfDomain = ({ name, id, idType }: AskedDomain): string => systemOf(authorityOf(name, id), id, idType);

/** System of a number: that of its authority, else of the domain that the channel's source declares for its kind. */
export function systemOfNumber({ value, kind, domain }: AskedNumber, { ids, source }: ChannelSettings): string {
  const own = systemFor(value, kind);
  if (own !== undefined) return own;
  if (domain.name !== '' || domain.id !== '') return systemOfDomain(domain);
  return systemOf(ids[kind] ?? source);
}

/** What a channel may see. */
export function visibleSystems({ queries }: ChannelSettings): Systems {
  return queries === undefined || queries === 'all' ? 'all' : new Set(queries.map(namespaceSystem));
}

/** True for a system that is among them. */
export const includes = (systems: Systems, system: string): boolean => systems === 'all' || systems.has(system);

/** Whether a channel may see a system, and it is configured or some patient has a number of it. */
export async function isKnownSystem(system: string, visible: Systems, deps: DomainDeps): Promise<boolean> {
  if (!includes(visible, system)) return false;
  if (deps.namespaces.some((namespace) => namespaceSystem(namespace) === system)) return true;
  const { searching } = deps;
  const parameters = [
    ['identifier', `${escaped(system)}|`],
    ['_count', '1'],
  ] as const;
  const page = await search({ type: 'Patient', parameters, base: '', now: await searching.store.now() }, searching);
  return page.ok && page.value.matches.length > 0;
}

/** The systems that a query wants to see; one problem for each domain that is not known (IHE ITI TF-2: 3.9, 3.21). */
export async function wantedSystems(
  domains: readonly AskedDomain[],
  visible: Systems,
  deps: DomainDeps,
): Promise<Result<Systems, readonly Problem[]>> {
  if (domains.length === 0) return ok(visible);
  const systems = domains.map(systemOfDomain);
  const known = await Promise.all(systems.map((system) => isKnownSystem(system, visible, deps)));
  const unknown = domains.flatMap(({ path }, index) => (known[index] === true ? [] : [unknownDomain(path)]));
  return unknown.length === 0 ? ok(new Set(systems)) : err(unknown);
}

/** A domain that nobody knows. */
export const unknownDomain = (path: string): Problem =>
  problem('pipeline.query-domain-unknown', 'This domain is not known here.', { path });
