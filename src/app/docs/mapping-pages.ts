import { JingluoError } from '../../core/problem.ts';
import { isObject } from '../../fhir/json.ts';
import type { MappingFile } from '../../mapping/contract.ts';
import { describeMappings, fieldsOfSegment, type DescribedMapping } from '../../mapping/describe/describe.ts';
import { directiveSection } from './directive-section.ts';

/** `PID-3` or `MSH-1..21` as field numbers of a segment. */
function numbersOf(texts: readonly string[], segment: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const text of texts) {
    const [, name, from = '', to = from] = /^(\w{3})-(\d+)(?:\.\.(\d+))?$/u.exec(text) ?? [];
    if (name === segment) for (let n = Number(from); n <= Number(to); n += 1) numbers.add(n);
  }
  return numbers;
}

const partsOf = (address: string): readonly number[] => address.slice(4).split('.').map(Number);

function inOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
}

/** Elements by the address that they come from, for one segment. */
function elementsOf({ rules }: DescribedMapping, segment: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { type, element, url, readings } of rules) {
    const short = url === undefined ? element : `${element} (${url.replace(/^.*[/:]/u, '')})`;
    for (const field of readings.fields) {
      if (!field.startsWith(`${segment}-`)) continue;
      const elements = found.get(field) ?? new Set<string>();
      found.set(field, elements.add(`${type}.${short}`));
    }
  }
  return new Map([...found].sort(([a], [b]) => inOrder(a, b)));
}

/** `1, 3, 7 to 9`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

/** Why fields are not where the guide has them, by field (`PRT-2`). */
type Reasons = ReadonlyMap<string, readonly string[]>;

function segmentSection(mapping: DescribedMapping, segment: string, reasons: Reasons): readonly string[] {
  const elements = elementsOf(mapping, segment);
  const read = new Set([...elements.keys()].map((address) => partsOf(address)[0]));
  const conditions = mapping.rules.flatMap(({ readings }) => readings.conditions);
  const asked = new Set(conditions.filter((one) => one.startsWith(`${segment}-`)).map((one) => partsOf(one)[0]));
  const structural = numbersOf(mapping.structural, segment);
  const formal = [...structural].filter((n) => !read.has(n)).sort((a, b) => a - b);
  const noPlace = numbersOf(mapping.noPlace, segment);
  const rest = fieldsOfSegment(segment).filter((n) => !read.has(n) && !structural.has(n));
  const [without, unmapped] = [rest.filter((n) => noPlace.has(n)), rest.filter((n) => !noPlace.has(n))];
  const rows = [...elements].map(
    ([field, names]) => `| ${field} | ${[...names].map((name) => `\`${name}\``).join(', ')} |`,
  );
  if (rows.length + rest.length === 0) return [];
  return [
    `## ${segment}`,
    '',
    ...(rows.length === 0 ? [] : ['| field | elements |', '| --- | --- |', ...rows, '']),
    ...(formal.length === 0 ? [] : [`No data of a resource: ${ranges(formal)}.`, '']),
    ...(without.length === 0 ? [] : [`No place in R4: ${ranges(without)}.`, '']),
    ...(unmapped.length === 0 ? [] : [`Not mapped: ${described(unmapped, asked)}.`, '']),
    ...reasonLines(segment, unmapped, reasons),
    ...keeperLines(mapping, segment),
  ];
}

/** Where what no rule reads of a segment is kept. */
function keeperLines({ keepers }: DescribedMapping, segment: string): readonly string[] {
  const types = new Set(keepers.filter(({ segments }) => segments.includes(segment)).map(({ type }) => type));
  if (types.size === 0) return [];
  const url = `urn:jingluo:hl7v2:${segment}-n`;
  return [`What is left is kept in extensions \`${url}\` of ${[...types].join(' or ')}.`, ''];
}

/** The reasons that are on record; the guide names no element for the others. */
function reasonLines(segment: string, numbers: readonly number[], reasons: Reasons): readonly string[] {
  const lines = numbers.flatMap((n) =>
    (reasons.get(`${segment}-${n}`) ?? []).map((reason) => `- ${segment}-${n}: ${reason}`),
  );
  return lines.length === 0 ? [] : [...new Set(lines), ''];
}

/** Reads `segments` of docs/guide-differences.yaml: by sheet (`PRT[CareTeam]`) and row (`PRT-2 …`) a reason. */
function reasonsOf(differences: unknown): Reasons {
  const reasons = new Map<string, string[]>();
  const segments = isObject(differences) ? differences['segments'] : undefined;
  for (const rows of Object.values(isObject(segments) ? segments : {})) {
    for (const [row, reason] of Object.entries(isObject(rows) ? rows : {})) {
      const field = row.split(' ', 1).join('');
      reasons.set(field, [...(reasons.get(field) ?? []), String(reason).replace(/^R4: /u, '')]);
    }
  }
  return reasons;
}

/** The numbers, and which of them only decide about others. */
function described(numbers: readonly number[], asked: ReadonlySet<number | undefined>): string {
  const conditions = numbers.filter((n) => asked.has(n));
  const note = conditions.length === 0 ? '' : ` (of these ${ranges(conditions)} decide how others are mapped)`;
  return `${ranges(numbers)}${note}`;
}

function page(mapping: DescribedMapping, reasons: Reasons): string {
  return [
    `# ${mapping.structure}`,
    '',
    `Events: ${mapping.events.join(', ')}.`,
    '',
    'Where each field ends, and what of each segment is not mapped and why: for what is not mapped and has no reason here',
    "HL7's guide names no element. What no rule reads is kept in an extension where the segment says so, else it is on the",
    'unmapped list of its message. Generated from the base mappings and docs/guide-differences.yaml: `npm run docs`.',
    '',
    ...directiveSection(mapping),
    ...mapping.segments.flatMap((segment) => segmentSection(mapping, segment, reasons)),
  ].join('\n');
}

function index(mappings: readonly DescribedMapping[]): string {
  return [
    '# Messages',
    '',
    'One page for each message structure of the base mappings. Generated: `npm run docs`.',
    '',
    '| structure | events |',
    '| --- | --- |',
    ...mappings.map(({ structure, events }) => `| [${structure}](${structure}.md) | ${events.join(', ')} |`),
    '',
  ].join('\n');
}

/**
 * `docs/mapping/<STRUCTURE>.md` and their index by path: where each HL7 field of a message ends.
 * @param differences what docs/guide-differences.yaml holds
 * @throws JingluoError with every fault of the mappings
 */
export function mappingPages(files: readonly MappingFile[], differences: unknown): ReadonlyMap<string, string> {
  const described = describeMappings(files);
  if (!described.ok) throw new JingluoError(described.error);
  const reasons = reasonsOf(differences);
  return new Map([
    ['docs/mapping/README.md', index(described.value)],
    ...described.value.map((mapping) => [`docs/mapping/${mapping.structure}.md`, page(mapping, reasons)] as const),
  ]);
}
