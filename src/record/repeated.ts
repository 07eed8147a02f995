import { stringifyFhir } from '../fhir/json.ts';
import type { ElementNews, FhirResource, ResourcePatch } from '../fhir/patch.ts';
import { textOf } from '../store/body.ts';
import type { Row } from '../store/port.ts';
import { elementKey } from './element-key.ts';
import { JsonMembers } from './json-members.ts';
import type { Note, UnitNote } from './note.ts';
import { noteOf } from './row-values.ts';
import { tiedTo } from './tied-elements.ts';

type Units = Readonly<Record<string, readonly unknown[]>>;

const PATIENT = '"reference":"Patient/';
/** What is no element of news: the name of the resource, and what the server sets. */
const FIXED: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

/**
 * Whether patches of one message say of a stored resource only what it says already: cheaper than laying them over it,
 * since its text need not be taken apart. False says nothing. True says that `mergePatch` finds nothing changed,
 * whoever says it and however late: each element of the patches either is what the row holds, so that it makes no
 * difference whether it may be replaced, or comes from a stub and the row knows it from a fuller message. So that
 * nothing else goes with what is replaced, the row must not hold a sibling of it (extensions of a primitive, another
 * type of a choice), nor another patient than the patch names.
 */
export function isRepeated(row: Row, patches: readonly ResourcePatch[]): boolean {
  return patches.every((patch) => saysNothingNew({ text: textOf(row), note: () => noteOf(row) }, patch));
}

/** The same for a resource that is no row by itself. */
export function repeatsResource(resource: FhirResource, note: Note, patch: ResourcePatch): boolean {
  return saysNothingNew({ text: stringifyFhir(resource), note: () => note }, patch);
}

/** A resource as text, with its note, which is seldom needed. */
interface Known {
  readonly text: string;
  readonly note: () => Note;
}

function saysNothingNew(known: Known, patch: ResourcePatch): boolean {
  const keys = keysOf(patch);
  if (keys === undefined) return false;
  let open = keys.size;
  let others = false;
  for (const members = new JsonMembers(known.text); members.next();) {
    const { name } = members;
    if (FIXED.has(name)) members.pass();
    else if (Object.hasOwn(patch.elements, name)) {
      if (!isHeld(members, patch, known)) return false;
      open -= 1;
    } else {
      if (keys.has(elementKey(patch.type, name)) || mayHaveToGo(name, patch, known)) return false;
      if (members.pass().includes(PATIENT)) others = true;
    }
  }
  if (open > 0 && open !== Object.values(patch.elements).filter(isAbsence).length) return false;
  return !others || !JSON.stringify(patch.elements).includes(PATIENT);
}

/** What is kept of older values of fields that the message fills. */
function mayHaveToGo(name: string, { settled }: ResourcePatch, { note }: Known): boolean {
  if (name !== 'extension' || settled === undefined) return false;
  return note().units?.[name]?.some(({ unit, count }) => count > 0 && settled.includes(unit)) === true;
}

/** Keys of the elements that a patch names; undefined where laying it may do more than these elements say. */
function keysOf(patch: ResourcePatch): ReadonlySet<string> | undefined {
  if (patch.replace === true) return undefined;
  const keys = new Set<string>();
  for (const name in patch.elements) {
    const key = elementKey(patch.type, name);
    if (FIXED.has(name) || name.startsWith('_') || keys.has(key)) return undefined;
    if (patch.elements[name]?.kind !== 'value' && tiedTo(patch.type, key).length > 0) return undefined;
    keys.add(key);
  }
  return keys;
}

/** Whether the row holds an element as the patch says it, or knows better than the stub. */
function isHeld(members: JsonMembers, patch: ResourcePatch, { note }: Known): boolean {
  const { name } = members;
  const news = patch.elements[name];
  if (news === undefined || news.kind === 'delete') return false;
  const text = textOfNews(news);
  if (text !== undefined && members.passes(text)) {
    return news.kind === 'value' || sameUnits(news.units, note().units?.[name]);
  }
  if (patch.stub !== true || news.kind !== 'value' || !isFull(note(), elementKey(patch.type, name))) return false;
  members.pass();
  return true;
}

/** What the element says, as it would be stored; undefined for what is no element. */
function textOfNews(news: Exclude<ElementNews, { readonly kind: 'delete' }>): string | undefined {
  const said = news.kind === 'value' ? news.value : Object.values(news.units).flat();
  const text = said === undefined ? '{}' : stringifyFhir(said);
  return text === '{}' || text === '[]' ? undefined : text;
}

/** News that an element is not there. */
function isAbsence(news: ElementNews): boolean {
  if (news.kind === 'entries') return Object.values(news.units).every((entries) => entries.length === 0);
  return news.kind === 'delete';
}

/** Whether an element that is present was set by more than a stub. */
function isFull({ row, elements, units }: Note, key: string): boolean {
  return units?.[key] === undefined && (elements?.[key] ?? row)[3] !== 1;
}

/** The units that have entries are the same, in the same order; entries of no unit give way to those of others. */
function sameUnits(named: Units, stored: readonly UnitNote[] = []): boolean {
  const filled = stored.filter(({ count }) => count > 0);
  const mine = Object.entries(named).filter(([, entries]) => entries.length > 0);
  return (
    mine.length === filled.length &&
    mine.every(([unit, { length }], at) => filled[at]?.unit === unit && filled[at].count === length) &&
    (filled.length < 2 || !Object.hasOwn(named, ''))
  );
}
