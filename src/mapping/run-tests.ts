import { didYouMean } from '../core/nearest.ts';
import { problem, type Problem } from '../core/problem.ts';
import { decimalText, isObject, stringifyFhir } from '../fhir/json.ts';
import type { FhirResource, IdentityDirective } from '../fhir/patch.ts';
import { readMessage } from '../hl7/read-message.ts';
import type { MappingContext, MappingFile, MappingSet } from './contract.ts';
import { readYaml } from './read/yaml.ts';
import type { MappingResult } from './result.ts';
import { isOutbound } from './outbound/paths.ts';
import { child, entriesOf, itemsOf, textAt, type Entry, type Node } from './source/node.ts';
import { loadMappings } from './load.ts';
import { toResources } from './to-resources.ts';

/** Outcome of one case of a `<name>.test.yaml`. */
export interface MappingTestResult {
  readonly file: string;
  readonly name: string;
  /** Empty: the case passed. */
  readonly failures: readonly Problem[];
}

const CONTEXT: MappingContext = {
  installation: '00000000-0000-4000-8000-000000000000',
  messageId: 'test',
  channel: 'test',
  source: 'TEST',
  ids: {},
  zone: '+08:00',
  receivedAt: new Date(0),
  snapshots: [],
};

/** A name, a position from 0, or the items of a list that have a value under a name. */
type Step = string | number | { readonly name: string; readonly value: string };

const STEP = /\[(\d+)\]|\[(\w+)=([^\]]*)\]|([^.[\]]+)/gu;

/** `Patient.name[0].given[1]`, `Observation[2].valueQuantity.value`, `Patient.extension[url=urn:x].valueCode` as steps. */
function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(STEP)].map(([, index, name, value, child = '']) => {
    if (index !== undefined) return Number(index);
    return name === undefined ? child : { name, value: value ?? '' };
  });
}

function read(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (typeof step === 'string') return isObject(at) ? at[step] : undefined;
    if (!Array.isArray(at)) return undefined;
    const items: readonly unknown[] = at;
    if (typeof step === 'number') return items[step];
    return items.find((item) => isObject(item) && item[step.name] === step.value);
  }, value);
}

/** Value at a path; the type takes the first resource of it, the n-th from 0 (`Observation[1].status`), or one by a value of its own. */
function valueAt(resources: readonly FhirResource[], path: string): unknown {
  const [type, ...rest] = stepsOf(path);
  const all = resources.filter(({ resourceType }) => resourceType === type);
  const [next] = rest;
  if (path.endsWith('count()')) return all.length;
  return typeof next === 'string' || next === undefined ? read(all[0], rest) : read(all, rest);
}

function shown(value: unknown): string {
  if (value === undefined) return '(absent)';
  return decimalText(value) ?? (typeof value === 'string' ? value : stringifyFhir(value));
}

/** `merge A B`: A retires for B; `change A B`, `move A B`, `link A B`, `unlink A B`, `delete A`; with a type where it is no patient. */
function directiveText(directive: IdentityDirective): string {
  switch (directive.kind) {
    case 'merge':
      return `merge ${directive.retired.value} ${directive.survivor.value}`;
    case 'link':
    case 'unlink':
      return `${directive.kind} ${directive.a.value} ${directive.b.value}`;
    case 'change-identifier':
      return `change ${directive.from.value} ${directive.to.value}`;
    case 'move-identifier':
      return `move ${directive.identifier.value} ${directive.to.value}`;
    case 'move-resource':
      return `move ${directive.type} ${directive.key.value} ${directive.to.value}`;
    case 'merge-resource':
    case 'change-resource':
      return `${directive.kind.split('-', 1).join('')} ${directive.type} ${directive.retired.value} ${directive.survivor.value}`;
    case 'delete':
      return `delete ${directive.patient.value}`;
  }
}

/** Keys of `expect` that speak of the result beside its resources. */
const BESIDE: Readonly<Record<string, (result: MappingResult) => readonly string[]>> = {
  unmapped: ({ unmapped }) => unmapped.map(({ address }) => address),
  warnings: ({ warnings }) => warnings.map(({ code }) => code),
  directives: ({ directives }) => directives.map(directiveText),
};

function check(entry: Entry, resources: readonly FhirResource[], result: MappingResult): Problem | undefined {
  const beside = BESIDE[entry.key];
  const actual = beside === undefined ? shown(valueAt(resources, entry.key)) : beside(result).join(' ');
  const wanted = itemsOf(entry.value)
    .map((item) => textAt(item) ?? '(absent)')
    .join(' ');
  if (actual === wanted) return undefined;
  return problem('mapping.test-failed', `expected ${wanted}, found ${actual}`, { ...entry.at, path: entry.key });
}

function runCase(node: Node, set: MappingSet): readonly Problem[] {
  const text = (textAt(child(node, 'message')) ?? '').trim().replaceAll(/\r?\n/gu, '\r');
  const message = readMessage(new TextEncoder().encode(text));
  if (!message.ok) return [message.error];
  const site = textAt(child(node, 'site'));
  if (site !== undefined && !set.sites.includes(site)) {
    return [problem('mapping.unknown-name', `there is no site "${site}"${didYouMean(site, set.sites)}`)];
  }
  const mapping = set.for(message.value, site);
  if (!mapping.ok) return [mapping.error];
  const ids = Object.fromEntries(entriesOf(child(node, 'ids')).map(({ key, value }) => [key, textAt(value) ?? '']));
  const source = textAt(child(node, 'source')) ?? CONTEXT.source;
  const envelope = textAt(child(node, 'envelope')) === 'true';
  const result = mapping.value.run(message.value, { ...CONTEXT, ids, source, envelope });
  const resources = toResources(result);
  return entriesOf(child(node, 'expect')).flatMap((entry) => check(entry, resources, result) ?? []);
}

/**
 * Runs the cases of every `*.test.yaml` among the files against the mappings among them. A case holds `name`, `message`,
 * optionally `site`, `source`, `ids`, `envelope: true`, and `expect`: paths with their values (`Patient.name[0].family: 张`,
 * `Observation.count(): 2`, an empty value for "absent"; `extension[url=urn:x]` chooses by value), `unmapped:` with the addresses of the
 * list, `warnings:` with their codes, or `directives:` (`merge RETIRED SURVIVOR`, `link A B`, `unlink A B`).
 */
export function runMappingTests(files: readonly MappingFile[]): readonly MappingTestResult[] {
  const set = loadMappings(files);
  const tests = files.filter(({ path }) => /\.test\.ya?ml$/u.test(path) && !isOutbound(path));
  return tests.flatMap(({ path, text }): readonly MappingTestResult[] => {
    const cases = readYaml(path, text);
    if (!set.ok) return [{ file: path, name: '(mappings)', failures: set.error }];
    if (!cases.ok) return [{ file: path, name: '(file)', failures: cases.error }];
    return itemsOf(cases.value).map((node) => ({
      file: path,
      name: textAt(child(node, 'name')) ?? '(no name)',
      failures: runCase(node, set.value),
    }));
  });
}
