import { listOf } from '../../../fhir/json.ts';
import { nameText } from '../../identify/claims.ts';
import { codingOf, compactObject, labelOf, pick, text } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';
import type { Sealable } from '../sealable.ts';

/** A relative, guardian or other contact. */
export interface ContactEntry extends Entry {
  readonly name?: string;
  readonly rel?: string;
  readonly phone?: Sealable;
  readonly guardian: boolean;
}

const REL: Readonly<Record<string, string>> = {
  SPS: 'spouse',
  SPO: 'spouse',
  MTH: 'mother',
  FTH: 'father',
  CHD: 'child',
  CHILD: 'child',
  SIB: 'sibling',
  GRD: 'guardian',
  GUARD: 'guardian',
  PRN: 'parent',
};
const GUARDIANS: ReadonlySet<string> = new Set(['GRD', 'GUARD', 'MTH', 'FTH', 'PRN']);

/** By name; guardians first. */
export const contacts: ListSection<ContactEntry> = {
  types: ['RelatedPerson'],
  limit: 10,
  entry: ({ resource, p }) => {
    if (resource['active'] === false) return undefined;
    const code = codingOf(pick(resource, 'relationship')).code;
    const phone = listOf(resource['telecom']).find((one) => pick(one, 'system') === 'phone');
    const number = text(pick(phone, 'value'));
    const name = nameText(resource['name']);
    if (name === undefined && number === undefined) return undefined;
    return compactObject({
      name,
      rel: code === undefined ? labelOf(pick(resource, 'relationship')) : (REL[code] ?? code),
      phone: number === undefined ? undefined : { v: number },
      guardian: code !== undefined && GUARDIANS.has(code),
      p: [p],
    });
  },
  compare: (a, b) => Number(b.guardian) - Number(a.guardian) || compareText(a.name, b.name),
};
