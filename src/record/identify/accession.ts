import { isObject, listOf } from '../../fhir/json.ts';
import type { ElementNews, ResourcePatch } from '../../fhir/patch.ts';
import { KEY_SEPARATOR } from '../../fhir/search-values.ts';
import { textOf } from '../../store/body.ts';
import type { Row } from '../../store/port.ts';
import type { News } from '../contract.ts';
import { patientId } from '../member-references.ts';
import { resourceOf } from '../row-values.ts';
import type { AccessionTie } from './match-record.ts';
import type { Workspace } from './workspace.ts';

const TYPES = ['ServiceRequest', 'DiagnosticReport', 'ImagingStudy'] as const;
/** A number that stands on more resources than this is no accession number. */
const POOLED = 20;

/** An order or report of this message with its numbers, whose owner is a source record. */
export interface Numbered {
  readonly type: string;
  readonly rec: string;
  /** `[system, value]` of each identifier. */
  readonly numbers: readonly (readonly [string, string])[];
}

/** Orders, reports and studies of the news that carry a number which the stored resource does not carry yet for the same record. */
export async function numberedNews(ws: Workspace, news: News): Promise<readonly Numbered[]> {
  const patches = news.patches.filter(({ type, elements }) => isNumbered(type) && elements['identifier'] !== undefined);
  const rows = await ws.draft.getMany(
    'resources',
    patches.map(({ type, id }) => `${type}/${id}`),
  );
  return patches.flatMap((patch, index) => {
    const rec = patientId(subjectOf(patch));
    const numbers = numbersOf(patch.elements['identifier']).filter((number) => !isKnown(rows[index], rec, number));
    return rec === undefined || numbers.length === 0 ? [] : [{ type: patch.type, rec, numbers }];
  });
}

/** Blocking keys of numbered news: whoever writes such a number takes its ticket. */
export function accessionKeys(numbered: readonly Numbered[]): readonly string[] {
  return numbered.flatMap(({ numbers }) => numbers.map(([system, value]) => `acc:${system}|${value}`));
}

/** By source record: the other records whose orders or reports carry one of its new numbers in the same namespace. */
export async function accessionTies(
  ws: Workspace,
  numbered: readonly Numbered[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, AccessionTie>>> {
  const ties = new Map<string, Map<string, AccessionTie>>();
  // An order and the report on it carry the same numbers.
  const carriers = new Map<string, readonly Row[]>();
  for (const { type, rec, numbers } of numbered) {
    for (const number of numbers) {
      const name = number.join(KEY_SEPARATOR);
      const rows = carriers.get(name) ?? (await carriersOf(ws, number));
      carriers.set(name, rows);
      for (const [other, tie] of await tiesOf(ws, { type, rec }, rows)) {
        const of = ties.get(rec) ?? new Map<string, AccessionTie>();
        ties.set(rec, of.set(other, tie));
      }
    }
  }
  return ties;
}

/** Orders, reports and studies that carry a number; none where it is no accession number. */
async function carriersOf(ws: Workspace, number: readonly [string, string]): Promise<readonly Row[]> {
  const keys = TYPES.map((type) => [type, 'identifier', ...number].join(KEY_SEPARATOR));
  const { rows } = await ws.draft.find('resources', { all: [keys], limit: POOLED + 1 });
  return rows.length > POOLED ? [] : rows;
}

async function tiesOf(
  ws: Workspace,
  about: { readonly type: string; readonly rec: string },
  rows: readonly Row[],
): Promise<readonly (readonly [string, AccessionTie])[]> {
  const found = rows.flatMap((row) => {
    const other = ownerOf(row);
    if (other === undefined || other === about.rec) return [];
    const pointer = pointerOf(about, { type: row.id.slice(0, row.id.indexOf('/')), rec: other });
    return [[other, pointer === undefined ? {} : { pointer }] as const];
  });
  const known = new Set((await ws.load(found.map(([other]) => other))).map(({ id }) => id));
  return found.filter(([other]) => known.has(other));
}

/** The owner of an order is whom the reports on it are about. */
function pointerOf(x: { type: string; rec: string }, y: { type: string; rec: string }): string | undefined {
  if (y.type === 'ServiceRequest') return x.rec;
  return x.type === 'ServiceRequest' ? y.rec : undefined;
}

function isNumbered(type: string): boolean {
  return TYPES.some((one) => one === type);
}

function isKnown(row: Row | undefined, rec: string | undefined, [, value]: readonly [string, string]): boolean {
  return row !== undefined && ownerOf(row) === rec && textOf(row).includes(JSON.stringify(value));
}

function ownerOf(row: Row): string | undefined {
  const { subject } = resourceOf(row) as { readonly subject?: unknown };
  return isObject(subject) ? patientId(subject['reference']) : undefined;
}

function subjectOf(patch: ResourcePatch): unknown {
  const subject = patch.elements['subject'];
  return subject?.kind === 'value' && isObject(subject.value) ? subject.value['reference'] : undefined;
}

function numbersOf(news: ElementNews | undefined): readonly (readonly [string, string])[] {
  if (news === undefined || news.kind === 'delete') return [];
  const list = news.kind === 'value' ? listOf(news.value) : Object.values(news.units).flat();
  return list.flatMap((entry) => {
    if (!isObject(entry)) return [];
    const { system, value } = entry;
    return typeof system === 'string' && typeof value === 'string' && value !== '' ? [[system, value] as const] : [];
  });
}
