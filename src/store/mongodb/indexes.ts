import type { IndexDescription } from 'mongodb';
import { specOf } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import { fieldPath, prefixOf } from './layout.ts';

/** Indexes of native documents, for a CRM that queries them directly (docs: the patient document). */
const NATIVE: Readonly<Partial<Record<CollectionName, readonly Readonly<Record<string, 1 | -1>>[]>>> = {
  patients: [
    { keys: 1 },
    { 'concepts.id': 1, birthDate: 1, 'visits.last': 1 },
    { 'tags.code': 1, 'tags.until': 1 },
    { 'marks.c': 1, 'marks.v': 1 },
    { birthDate: 1, sex: 1 },
    { 'visits.last': 1 },
    { 'visits.list.dept': 1, 'visits.list.start': -1 },
    { 'owners.team': 1, 'followUp.nextDue': 1 },
    { pinyin: 1 },
    { name: 1 },
    { changedAt: 1, _id: 1 },
  ],
};

/**
 * Indexes of a collection: its orders, with the id behind them so that a page starts where the last one ended, and
 * its keys, only where a row has some.
 */
export function indexesOf(collection: CollectionName): IndexDescription[] {
  const prefix = prefixOf(collection);
  const keyed = ['k', 'o'].map((part): IndexDescription => {
    const path = `${prefix}${part}`;
    return { key: { [path]: 1, _id: 1 }, partialFilterExpression: { [path]: { $exists: true } } };
  });
  const ordered = specOf(collection).orders.map((order): IndexDescription => {
    const key: Record<string, 1 | -1> = {};
    for (const name of order) key[fieldPath(collection, name.replace(/^-/, ''))] = name.startsWith('-') ? -1 : 1;
    key['_id'] = order.at(-1)?.startsWith('-') === true ? -1 : 1;
    return { key };
  });
  return [...keyed, ...ordered, ...(NATIVE[collection] ?? []).map((key): IndexDescription => ({ key: { ...key } }))];
}
