import { problem, type Problem } from '../../core/problem.ts';
import type { Draft } from '../../store/draft.ts';
import type { Put, Row } from '../../store/port.ts';
import { compartmentRows } from '../compartment.ts';
import type { ResourceChange } from '../contract.ts';
import { sameJson } from '../json.ts';
import { readMembers } from '../people.ts';
import { ownersOf } from './belongs.ts';
import { factOf, type Fact } from './fact.ts';
import { fitDocument } from './fit.ts';
import type { FactChange } from './list-section.ts';
import type { DescribePeople } from './people.ts';
import type { Section, SectionFacts } from './section.ts';
import { DOCUMENT_TYPES, SECTIONS } from './sections/index.ts';

/** What documents need to know and read beside the record. */
export interface DocumentSettings extends Omit<SectionFacts, 'asOf'> {
  readonly people: DescribePeople;
  /**
   * The `followUp` part, from the enrolments of these source records; absent: the section has no source. Asked when
   * members come or go and by `refreshDocuments`, which whoever changes enrolments calls in the same draft.
   */
  readonly followUp?: (draft: Draft, members: readonly string[]) => Promise<unknown>;
}

/** A person whose document may say something else now. */
export interface DocumentWork {
  readonly person: string;
  /** Changes to resources whose subject is a member. */
  readonly changes: readonly ResourceChange[];
  /** Source records changed: demographics are made again. */
  readonly peopleChanged: boolean;
  /** Members came or went, or a resource went to another person: everything is made again. */
  readonly whole: boolean;
  /** Enrolments changed. */
  readonly followUpChanged?: boolean;
  /** Every member is new in this draft: nothing that is stored can belong to the person. */
  readonly fresh: boolean;
}

type Document = Readonly<Record<string, unknown>>;

/**
 * Puts a person's document into the draft if it says something else now, or deletes it where the person is no more.
 * Incremental where the stored document says enough; equal to a full rebuild (patient document).
 * @returns a warning where the document has reached its size limit by this
 */
export async function updateDocument(
  draft: Draft,
  work: DocumentWork,
  settings: DocumentSettings,
  now: Date,
): Promise<Problem | undefined> {
  const members = await readMembers(draft, work.person);
  const row = await draft.get('patients', work.person);
  const stored = row === undefined ? undefined : documentOf(row);
  if (members.length === 0) {
    if (row !== undefined) draft.delete('patients', work.person);
    return undefined;
  }
  const next =
    stored === undefined || mustBuild(work, stored)
      ? await buildDocument(draft, { ...work, members }, settings)
      : await nextDocument(draft, { ...work, members, stored }, settings);
  return next === undefined ? undefined : writeDocument(draft, { person: work.person, stored, next, now });
}

/** Where the stored document does not say enough. */
function mustBuild(work: DocumentWork, stored: Document): boolean {
  return work.whole || stored['shortened'] === true || work.changes.some(isDeletion);
}

function writeDocument(
  draft: Draft,
  made: { readonly person: string; readonly stored: Document | undefined; readonly next: Document; readonly now: Date },
): Problem | undefined {
  const { person, stored, now } = made;
  const fitted = fitDocument(made.next);
  if (stored !== undefined && sameJson({ ...stored, changedAt: now }, { ...fitted, changedAt: now })) return undefined;
  draft.put(documentPut(person, { ...fitted, changedAt: now }));
  return fitted['shortened'] === true && stored?.['shortened'] !== true ? cutWarning(person) : undefined;
}

function cutWarning(person: string): Problem {
  const path = `Patient/${person}`;
  return problem('record.document-cut', `The patient document of ${path} reached 256 KiB and was shortened.`, { path });
}

/** The document in a `patients` row. */
function documentOf(row: Row): Document | undefined {
  return typeof row.body === 'object' && !(row.body instanceof Uint8Array) ? row.body : undefined;
}

const isDeletion = (change: ResourceChange): boolean => change.after === undefined;

async function buildDocument(
  draft: Draft,
  work: Pick<DocumentWork, 'person' | 'changes' | 'fresh'> & { readonly members: readonly string[] },
  settings: DocumentSettings,
): Promise<Document | undefined> {
  const people = await settings.people(draft, work.person, work.members);
  if (people === undefined) return undefined;
  const facts = work.fresh
    ? (await changedFacts(draft, work.changes, settings.zone)).flatMap(({ after }) => after ?? [])
    : await loadFacts(draft, work.members, { types: DOCUMENT_TYPES, zone: settings.zone });
  const asOf = facts.reduce((newest, { at }) => Math.max(newest, at), people.asOf);
  const about = { ...settings, asOf };
  const parts = SECTIONS.map((section) => section.build(ofTypes(section, facts), about));
  return assemble({
    asOf,
    people: people.parts,
    parts,
    followUp: work.fresh ? {} : await followUpOf(draft, work.members, settings),
  });
}

async function nextDocument(
  draft: Draft,
  work: DocumentWork & { readonly members: readonly string[]; readonly stored: Document },
  settings: DocumentSettings,
): Promise<Document | undefined> {
  const { stored, members, person } = work;
  const changes = await changedFacts(draft, work.changes, settings.zone);
  const people = work.peopleChanged ? await settings.people(draft, person, members) : undefined;
  const was = stored['asOf'] instanceof Date ? stored['asOf'].getTime() : 0;
  const asOf = changes.reduce(
    (newest, { after }) => Math.max(newest, after?.at ?? 0),
    Math.max(was, people?.asOf ?? 0),
  );
  const about = { ...settings, asOf };
  const parts = SECTIONS.map((section) => nextParts(section, { stored, changes, about }));
  const stale = SECTIONS.filter((_, index) => parts[index] === undefined).flatMap(({ types }) => types);
  const facts = await loadFacts(draft, members, { types: [...new Set(stale)], zone: settings.zone });
  const whole = SECTIONS.map((section, index) => parts[index] ?? section.build(ofTypes(section, facts), about));
  return assemble({
    asOf,
    people: people?.parts ?? stored,
    parts: whole,
    followUp: work.followUpChanged === true ? await followUpOf(draft, members, settings) : keptFollowUp(stored),
  });
}

/** Parts of a section that no change concerns are those stored, but what is booked goes by with time. */
function nextParts(
  section: Section,
  from: { readonly stored: Document; readonly changes: readonly FactChange[]; readonly about: SectionFacts },
): Document | undefined {
  const mine = from.changes.filter(({ before, after }) => {
    const type = (after ?? before)?.resource.resourceType;
    return type !== undefined && section.types.includes(type);
  });
  return section.update(from.stored, mine, from.about);
}

/** Changes as sections see them: one for each resource, before and after the whole draft. */
async function changedFacts(
  draft: Draft,
  changes: readonly ResourceChange[],
  zone: string,
): Promise<readonly FactChange[]> {
  const ends = new Map<string, { readonly first: ResourceChange; readonly last: ResourceChange }>();
  for (const change of changes) {
    const ref = `${change.type}/${change.id}`;
    if (DOCUMENT_TYPES.includes(change.type)) ends.set(ref, { first: ends.get(ref)?.first ?? change, last: change });
  }
  const rows = await draft.getMany('resources', [...ends.keys()]);
  return [...ends].map(([ref, { first, last }], index) => {
    const row = rows[index];
    return {
      ...(first.before === undefined ? {} : { before: pastFact(ref, first.before) }),
      ...(row === undefined ? {} : { after: factOf(row, zone, last.after) }),
    };
  });
}

/** Of what was before, sections ask only what it said and which resource it was. */
const pastFact = (ref: string, resource: Fact['resource']): Fact => ({
  resource,
  ref,
  source: '',
  at: 0,
  p: ['', ref, ''],
});

async function loadFacts(
  draft: Draft,
  members: readonly string[],
  what: { readonly types: readonly string[]; readonly zone: string },
): Promise<readonly Fact[]> {
  const rows = await compartmentRows(draft, members, what.types);
  return rows
    .map((row) => factOf(row, what.zone))
    .filter(({ resource }) => ownersOf(resource).some((rec) => members.includes(rec)));
}

const ofTypes = (section: Section, facts: readonly Fact[]): readonly Fact[] =>
  facts.filter(({ resource }) => section.types.includes(resource.resourceType));

function keptFollowUp({ followUp }: Document): Document {
  return followUp === undefined ? {} : { followUp };
}

async function followUpOf(draft: Draft, members: readonly string[], settings: DocumentSettings): Promise<Document> {
  const followUp = await settings.followUp?.(draft, members);
  return followUp === undefined ? {} : { followUp };
}

function assemble(made: {
  readonly asOf: number;
  readonly people: Document;
  readonly parts: readonly Document[];
  readonly followUp: Document;
}): Document {
  const parts = Object.assign({}, ...made.parts) as Document;
  return { ...made.people, ...parts, ...made.followUp, schema: 'jingluo.patient/1', asOf: new Date(made.asOf) };
}

function documentPut(person: string, document: Document): Put {
  const { birthDate, changedAt, keys } = document;
  const strings = Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
  return {
    collection: 'patients',
    id: person,
    body: document,
    keys: strings,
    fields: {
      ...(changedAt instanceof Date ? { changedAt } : {}),
      ...(typeof birthDate === 'string' ? { birthDate } : {}),
    },
  };
}
