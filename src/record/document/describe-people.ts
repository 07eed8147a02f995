import type { GoldenFrom } from '../../identity/golden.ts';
import { isObject, listOf } from '../../fhir/json.ts';
import type { Draft } from '../../store/draft.ts';
import type { RecordSettings } from '../contract.ts';
import { nameText, type Member } from '../identify/claims.ts';
import { readPair, recKey } from '../identify/fact-rows.ts';
import { goldenValues } from '../identify/golden-patient.ts';
import { readMemberRows } from '../identify/show-patients.ts';
import { numbersOf } from '../identify/source-row.ts';
import { demographics } from './demographics.ts';
import { codingOf, compactObject } from './fact.ts';
import type { DescribePeople } from './people.ts';

const MEMBERS = 60;

/** The part of the patient document that is made of source records: demographics with provenance, members, keys. */
export function describePeople(settings: RecordSettings): DescribePeople {
  return async (draft, _person, ids) => {
    const members = await readMemberRows(draft, ids);
    if (members.length === 0) return undefined;
    const links = await linksOf(draft, ids);
    const { parts, from } = demographics(members, goldenValues(settings, members), settings.zone);
    const known = Object.entries(from).filter((entry): entry is [string, GoldenFrom] => entry[1] !== undefined);
    return {
      parts: {
        members: members.slice(0, MEMBERS).map((member) => memberOf(member, links.get(member.record.id))),
        ...parts,
        from: Object.fromEntries(known.map(([name, one]) => [name, shownFrom(name, one)] as const)),
        conflicts: known.flatMap(([field, { differ }]) =>
          CONFLICTS.has(field) && differ !== undefined ? [{ field }] : [],
        ),
        security: { labels: labelsOf(members), hideFrom: [] },
        keys: keysOf(members, parts),
      },
      asOf: Math.max(...members.map(({ record }) => Date.parse(record.lastAt))),
    };
  };
}

/** Fields in which members cannot both be right. */
const CONFLICTS: ReadonlySet<string> = new Set(['birthDate', 'sex']);

function memberOf({ record, note }: Member, link: string | undefined): Readonly<Record<string, unknown>> {
  return compactObject({
    rec: record.id,
    src: record.source,
    ids: numbersOf(record.patient, note)
      .slice(0, 20)
      .map(({ kind, value }) => ({ t: kind, v: value })),
    live: record.state === 'live',
    link,
    lastAt: new Date(record.lastAt),
  });
}

/** By member: the rule that joins it to others of its person; for a person of one there is none to ask for. */
async function linksOf(draft: Draft, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  if (ids.length < 2) return links;
  const page = await draft.find('links', { all: [ids.map(recKey)], limit: 1000 });
  for (const pair of page.rows.map(readPair)) {
    if (pair.verdict !== 'link' || !ids.includes(pair.a) || !ids.includes(pair.b)) continue;
    const [rule] = pair.rules;
    if (rule !== undefined && !links.has(pair.subject)) links.set(pair.subject, rule);
  }
  return links;
}

function shownFrom(name: string, from: GoldenFrom): Readonly<Record<string, unknown>> {
  const { differ, at, ...rest } = from;
  const others = differ?.map(({ rec, v }) => ({ rec, v: shownValue(name, v) }));
  return { ...rest, at: new Date(at), ...(others === undefined ? {} : { differ: others }) };
}

/** A differing value in the form in which the document shows the field. */
function shownValue(name: string, value: unknown): unknown {
  if (name === 'name') return nameText(value) ?? null;
  if (isObject(value)) return codingOf(value).code ?? JSON.stringify(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

function labelsOf(members: readonly Member[]): readonly string[] {
  const labels = members.flatMap(({ record }) => {
    const { meta } = record.patient as { readonly meta?: unknown };
    const security = isObject(meta) ? listOf(meta['security']) : [];
    return security.flatMap((label) => codingOf({ coding: [label] }).code ?? []);
  });
  return [...new Set(labels)].sort().slice(0, 20);
}

/** Exact search: numbers, phones and members; numbers that name somebody are hashed by a sealed store. */
function keysOf(members: readonly Member[], parts: Readonly<Record<string, unknown>>): readonly string[] {
  const values = (name: string): readonly string[] =>
    listOf(parts[name]).flatMap((one) => (isObject(one) && typeof one['v'] === 'string' ? one['v'] : []));
  const keys = members.flatMap(({ record, note }) => [
    `rec:${record.id}`,
    ...numbersOf(record.patient, note).map(({ namespace, kind, value }) => `id:${namespace}|${kind}|${value}`),
    ...record.copy.ids.map(({ type, value }) => `idn:${type}|${value}`),
    ...record.copy.phones.map((phone) => `tel:${phone}`),
  ]);
  return [...new Set([...keys, ...values('emails').map((mail) => `mail:${mail}`)])].sort();
}
