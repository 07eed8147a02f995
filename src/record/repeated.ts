import { isObject, stringifyFhir } from '../fhir/json.ts';
import type { ElementNews, ResourcePatch } from '../fhir/patch.ts';
import { textOf } from '../store/body.ts';
import type { Row } from '../store/port.ts';
import { elementKey } from './element-key.ts';
import { sameJson } from './json.ts';
import { readNote, type UnitNote } from './note.ts';
import { tiedTo } from './tied-elements.ts';

/** What a patch says in the words of a stored resource. */
interface Said {
  /** Elements that are present, as they would stand in the text. */
  readonly present: Readonly<Record<string, unknown>>;
  /** Names (of choices: their beginnings) that may not stand before those elements in the text. */
  readonly nowhereElse: readonly string[];
  /** Lists that are filled by units. */
  readonly lists: readonly (readonly [key: string, units: Units])[];
}

type Units = Readonly<Record<string, readonly unknown[]>>;

const PATIENT = '"reference":"Patient/';

/**
 * Whether patches of one message say of a stored resource only what it says already: cheaper than laying them over it,
 * since neither body nor note need be taken apart. False says nothing; true that `mergePatch` finds nothing changed,
 * whoever says it and however late: each element of the patches is what the row holds, so whether it may be replaced
 * or not makes no difference.
 *
 * It is told from the text. What a patch sets ends up as the last elements of the resource in the patch's order, so a
 * patch that comes again is the end of the text. A text that ends with whole elements and the closing brace holds
 * them at its top level. The rest must not hold what the patch would remove: deleted elements, siblings of a choice or
 * of a primitive, other patients (whose resource it is, is then told by the patch itself).
 */
export function isRepeated(row: Row, patches: readonly ResourcePatch[]): boolean {
  const last = patches.at(-1);
  const said = last === undefined ? undefined : saidBy(last);
  if (last === undefined || said === undefined || !endsWith(textOf(row), said)) return false;
  if (said.lists.length > 0) {
    const { units = {} } = readNote(row.note);
    if (!said.lists.every(([key, named]) => sameUnits(named, units[key]))) return false;
  }
  return patches.every((patch) => patch === last || isPartOf(patch, last, said.present));
}

/** Undefined where it cannot be told from the text what laying the patch would do. */
function saidBy(patch: ResourcePatch): Said | undefined {
  if (patch.replace === true) return undefined;
  const said = { present: {} as Record<string, unknown>, nowhereElse: ['_'], lists: [] as [string, Units][] };
  const keys = new Set<string>();
  for (const name in patch.elements) {
    const news = patch.elements[name];
    if (news === undefined || name === 'resourceType' || name === 'id') continue;
    const key = elementKey(patch.type, name);
    // A primitive with extensions, or a choice that is named twice.
    if (name === 'meta' || name.startsWith('_') || keys.has(key)) return undefined;
    keys.add(key);
    if (!note(said, { type: patch.type, name, key }, news)) return undefined;
  }
  return said;
}

/** Adds an element to what is said; false where the text cannot tell. */
function note(
  said: {
    readonly present: Record<string, unknown>;
    readonly nowhereElse: string[];
    readonly lists: [string, Units][];
  },
  element: { readonly type: string; readonly name: string; readonly key: string },
  news: ElementNews,
): boolean {
  const { type, name, key } = element;
  if (key !== name) said.nowhereElse.push(key.slice(0, -'[x]'.length));
  if (news.kind === 'delete') {
    if (key === name) said.nowhereElse.push(name);
    return tiedTo(type, key).length === 0;
  }
  if (news.kind === 'value') {
    said.present[name] = news.value;
    return news.value !== undefined && !(news.keep !== undefined && isEmpty(news.value));
  }
  said.lists.push([key, news.units]);
  const lists = Object.values(news.units);
  const entries = lists.length === 1 ? (lists[0] ?? []) : lists.flat();
  if (entries.length > 0) said.present[name] = entries;
  else said.nowhereElse.push(name);
  // Entries of no unit give way to equal ones of a unit.
  return lists.length === 1 || !Object.hasOwn(news.units, '');
}

const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

function endsWith(text: string, { present, nowhereElse }: Said): boolean {
  const own = stringifyFhir(present);
  const tail = own === '{}' ? '}' : `,${own.slice(1)}`;
  if (!text.endsWith(tail)) return false;
  const head = text.slice(0, text.length - tail.length);
  if (tail.includes(PATIENT) && head.includes(PATIENT)) return false;
  return !nowhereElse.some((name) => head.includes(`"${name}`));
}

/** The units that have entries are the same, in the same order. */
function sameUnits(named: Units, stored: readonly UnitNote[] | undefined): boolean {
  if (stored === undefined) return Object.values(named).every((entries) => entries.length === 0);
  const filled = stored.filter(({ count }) => count > 0);
  const mine = Object.entries(named).filter(([, entries]) => entries.length > 0);
  return (
    mine.length === filled.length &&
    mine.every(([unit, entries], index) => filled[index]?.unit === unit && filled[index].count === entries.length)
  );
}

/** Whether an earlier patch of the message (of a stub, mostly) says nothing beyond the last one. */
function isPartOf(patch: ResourcePatch, last: ResourcePatch, present: Readonly<Record<string, unknown>>): boolean {
  if (patch.replace === true) return false;
  return Object.entries(patch.elements).every(([name, news]) => {
    const whole = last.elements[name];
    if (news.kind === 'value') return whole?.kind === 'value' && sameJson(news.value, present[name]);
    if (news.kind === 'delete') return whole?.kind === 'delete';
    return whole?.kind === 'entries' && sameJson(Object.entries(news.units), Object.entries(whole.units));
  });
}
