import { problem, type Problem } from '../../core/problem.ts';
import { fhirDecimal } from '../../fhir/json.ts';
import type { Message } from '../../hl7/message.ts';
import { parsePath, readPath, type Hl7Path } from '../../hl7/path.ts';
import { readMessage } from '../../hl7/read-message.ts';
import type { MappingContext, MappingFile, MappingSet } from '../contract.ts';
import { loadMappings } from '../load.ts';
import { readYaml } from '../read/yaml.ts';
import type { MappingTestResult } from '../run-tests.ts';
import { child, entriesOf, itemsOf, textAt, type Entry, type Node } from '../source/node.ts';
import { toResources } from '../to-resources.ts';
import type { OutboundEntry, OutboundResult, OutboundSet } from './contract.ts';
import { loadOutbound } from './load.ts';
import { isOutbound } from './paths.ts';
import { readSettings } from './read/settings.ts';
import { isResource } from './run/item.ts';

const NOW = new Date('2026-11-21T00:00:00Z');

/** What the cases run against. */
interface Sets {
  readonly inbound: MappingSet;
  readonly outbound: OutboundSet;
}

/** What the message of a case is mapped with. */
function contextOf(node: Node): MappingContext {
  return {
    installation: '00000000-0000-4000-8000-000000000000',
    messageId: 'test',
    channel: 'test',
    source: textAt(child(node, 'source')) ?? 'TEST',
    ids: Object.fromEntries(entriesOf(child(node, 'ids')).map(({ key, value }) => [key, textAt(value) ?? ''])),
    zone: '+08:00',
    receivedAt: NOW,
    snapshots: [],
  };
}

/** YAML as FHIR JSON: a number keeps its digits, a quoted one is a text. */
function jsonOf(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.indent === 0 ? (fhirDecimal(node.value) ?? node.value) : node.value;
    case 'list':
      return node.items.map(jsonOf);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, jsonOf(value)]));
  }
}

/** Resources as a case gives them: written out, or as an HL7 message that is mapped to them. */
function entriesIn(node: Node | undefined, whole: Node, inbound: MappingSet): readonly OutboundEntry[] {
  const text = textAt(node);
  if (text === undefined) {
    return itemsOf(node)
      .map(jsonOf)
      .filter(isResource)
      .map((resource) => ({ resource }));
  }
  const message = readMessage(new TextEncoder().encode(text.trim().replaceAll(/\r?\n/gu, '\r')));
  const mapping = message.ok ? inbound.for(message.value, textAt(child(whole, 'site'))) : message;
  if (!message.ok || !mapping.ok) return [];
  return toResources(mapping.value.run(message.value, contextOf(whole))).map((resource) => ({ resource }));
}

function messageOf(result: OutboundResult, index: number): Message | undefined {
  const found = result.messages[index];
  const read = found === undefined ? undefined : readMessage(found.bytes);
  return read?.ok === true ? read.value : undefined;
}

const ADDRESS = /^(?:(\d+)\/)?([A-Z].*)$/u;

/** The value of an address: a whole field as it is written, a component as it is meant; `2/PID-3` is of the second message. */
function valueAt(result: OutboundResult, address: string): string {
  const [, number = '1', text = ''] = ADDRESS.exec(address) ?? [];
  const path = parsePath(text);
  const message = messageOf(result, Number(number) - 1);
  return path === undefined || message === undefined ? '' : valueIn(message, path);
}

function valueIn(message: Message, path: Hl7Path): string {
  const all = message.all(path.segment);
  const segment = all[(path.segmentRepetition ?? 1) - 1];
  if (path.field === undefined) return segment === undefined ? '' : String(all.length);
  const isWhole = path.repetition === undefined && path.component === undefined;
  return isWhole ? (segment?.field(path.field) ?? '') : readPath(message, path);
}

function actual(result: OutboundResult, key: string): string {
  const [first] = result.messages;
  switch (key) {
    case 'messages':
      return String(result.messages.length);
    case 'segments':
      return (
        messageOf(result, 0)
          ?.segments.map(({ name }) => name)
          .join(' ') ?? ''
      );
    case 'unsaid':
      return first?.unsaid.map(({ path }) => path).join(' ') ?? '';
    case 'warnings':
      return first?.warnings.map(({ code }) => code).join(' ') ?? '';
    default:
      return valueAt(result, key);
  }
}

function check(entry: Entry, result: OutboundResult): Problem | undefined {
  const wanted = itemsOf(entry.value)
    .map((item) => textAt(item) ?? '')
    .join(' ');
  const found = actual(result, entry.key);
  if (found === wanted) return undefined;
  const shown = (text: string): string => (text === '' ? '(absent)' : text);
  const message = `expected ${shown(wanted)}, found ${shown(found)}`;
  return problem('mapping.test-failed', message, { ...entry.at, path: entry.key });
}

function runCase(node: Node, { inbound, outbound }: Sets): readonly Problem[] {
  const name = textAt(child(node, 'send')) ?? '';
  const mapping = outbound.for(name, readSettings(child(node, 'settings')), textAt(child(node, 'site')));
  if (!mapping.ok) return mapping.error;
  const before = child(node, 'before');
  const input = {
    entries: entriesIn(child(node, 'message') ?? child(node, 'resources'), node, inbound),
    ...(before === undefined ? {} : { before: entriesIn(before, node, inbound) }),
  };
  let number = 0;
  const nextControlId = (): string => String((number += 1));
  const result = mapping.value.run(input, { now: NOW, nextControlId });
  return entriesOf(child(node, 'expect')).flatMap((entry) => check(entry, result) ?? []);
}

function loadSets(files: readonly MappingFile[]): Sets | readonly Problem[] {
  const [inbound, outbound] = [loadMappings(files), loadOutbound(files)];
  if (inbound.ok && outbound.ok) return { inbound: inbound.value, outbound: outbound.value };
  return [...(inbound.ok ? [] : inbound.error), ...(outbound.ok ? [] : outbound.error)];
}

/**
 * Runs the cases of every `*.test.yaml` of outbound mappings. A case holds `name`, `send` (`ADT_A08`), `resources:` (or
 * `message:`, an HL7 message that is mapped to them), optionally `before` (either, as they were sent before),
 * `settings`, `site`, `source`, `ids`, and `expect`: HL7 addresses with their values (`PID-5` as it is written,
 * `PID-5.1` as it is meant, `OBX[2]-5`, `2/PID-3` of the second message, an empty value for "absent"), `messages` with
 * their number, `segments` with their names, `unsaid` with the elements that the first one does not say, `warnings`.
 */
export function runOutboundTests(files: readonly MappingFile[]): readonly MappingTestResult[] {
  const tests = files.filter(({ path }) => isOutbound(path) && /\.test\.ya?ml$/u.test(path));
  if (tests.length === 0) return [];
  const sets = loadSets(files);
  return tests.flatMap(({ path, text }): readonly MappingTestResult[] => {
    const cases = readYaml(path, text);
    if (!('inbound' in sets)) return [{ file: path, name: '(mappings)', failures: sets }];
    if (!cases.ok) return [{ file: path, name: '(file)', failures: cases.error }];
    return itemsOf(cases.value).map((node) => ({
      file: path,
      name: textAt(child(node, 'name')) ?? '(no name)',
      failures: runCase(node, sets),
    }));
  });
}
