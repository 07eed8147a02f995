import type { Draft } from '../../store/draft.ts';
import type { Store } from '../../store/port.ts';
import type { RecordSettings } from '../contract.ts';
import { blockedBy, scopeOf, type Scope } from './component.ts';
import type { LinkView, PersonExplained, SourceRecord } from './contract.ts';
import type { Assertion, Pair } from './fact-rows.ts';
import { decisionWorkspace } from './operation.ts';
import { readReview, type Review, type ReviewState } from './review-row.ts';
import { readSource } from './source-row.ts';
import { joins } from './standing.ts';

/** A person with every fact and judgement that holds it together or keeps others out; undefined where the id is unknown. */
export async function explainPerson(
  draft: Draft,
  rec: string,
  settings: RecordSettings,
): Promise<PersonExplained | undefined> {
  const ws = await decisionWorkspace(draft, settings);
  const [record] = await ws.load([rec]);
  if (record === undefined) return undefined;
  const members = (await ws.members(record.person)) ?? [rec];
  const scope = await scopeOf(ws, members);
  const mine = ({ a, b }: { readonly a: string; readonly b: string }): boolean =>
    members.includes(a) || members.includes(b);
  await ws.load(
    ws
      .pairs()
      .filter(mine)
      .flatMap(({ a, b }) => [a, b]),
  );
  const person = (id: string): string | undefined => ws.record(id)?.person;
  const together = (a: string, b: string): boolean => person(a) !== undefined && person(a) === person(b);
  const facts = scope.standing.active.filter((fact) => fact.verdict !== 'revoke' && mine(fact));
  const links: LinkView[] = [
    ...facts.map((fact) => factView(scope, fact, together(fact.a, fact.b))),
    ...ws
      .pairs()
      .filter(mine)
      .map((pair) => pairView(scope, pair, together(pair.a, pair.b))),
  ];
  return { id: record.person, members, sources: await ws.load(members), links };
}

function factView(scope: Scope, fact: Assertion, together: boolean): LinkView {
  const guard = blockedBy(scope, fact.a, fact.b);
  return {
    a: fact.a,
    b: fact.b,
    verdict: joins(fact) ? 'link' : 'apart',
    by: fact.by,
    rules: [fact.retires === true ? 'merge' : fact.verdict],
    guards: guard === undefined ? [] : [guard],
    fields: {},
    at: fact.at,
    ...(fact.message === undefined ? {} : { message: fact.message }),
    joined: joins(fact) && together && guard === undefined,
  };
}

function pairView(scope: Scope, pair: Pair, together: boolean): LinkView {
  const guard = blockedBy(scope, pair.a, pair.b);
  return {
    a: pair.a,
    b: pair.b,
    verdict: pair.verdict,
    by: 'auto',
    rules: pair.rules,
    guards: guard === undefined ? pair.guards : [...pair.guards, guard],
    fields: { ...pair.fields },
    at: pair.at,
    message: pair.message,
    joined: pair.verdict === 'link' && together && guard === undefined,
  };
}

/** One line of the export of persons: a number of a source record and its person. */
export interface ExportedLink {
  readonly namespace: string;
  readonly id: string;
  readonly person: string;
}

/** Every source record that is not deleted with its person, page by page. */
export async function* exportLinks(store: Store): AsyncIterable<ExportedLink> {
  let after: string | undefined;
  do {
    const page = await store.find('sources', { limit: 500, ...(after === undefined ? {} : { after }) });
    for (const record of page.rows.map(readSource)) if (record.state !== 'deleted') yield exported(record);
    after = page.next;
  } while (after !== undefined);
}

function exported({ id, key, source, person }: SourceRecord): ExportedLink {
  return { namespace: key?.namespace ?? source, id: key?.value ?? id, person };
}

/** Reviews, oldest first. */
export async function listReviews(
  store: Store,
  asked: { readonly state?: ReviewState; readonly limit?: number; readonly after?: string },
): Promise<{ readonly reviews: readonly Review[]; readonly next?: string }> {
  const { state, limit = 100, after } = asked;
  const page = await store.find('reviews', {
    ...(state === undefined ? {} : { where: [{ field: 'state', op: 'eq', value: state }] }),
    order: state === undefined ? [] : [{ field: 'state' }, { field: 'at' }],
    limit,
    ...(after === undefined ? {} : { after }),
  });
  return { reviews: page.rows.map(readReview), ...(page.next === undefined ? {} : { next: page.next }) };
}
