import { problem } from '../../core/problem.ts';
import { isResourceType } from '../../fhir/elements.ts';
import { intervalOf } from '../../fhir/dates.ts';
import { parseFhir, stringifyFhir } from '../../fhir/json.ts';
import { findReferences } from '../../fhir/references.ts';
import { compartmentTypes, inPatientCompartment } from '../../fhir/search-parameters.ts';
import { openCursor, sealCursor } from '../../record/search/cursor.ts';
import { CURSOR_PARAMETER } from '../../record/search/search.ts';
import { compartmentKey, isDeleted } from '../../record/versions.ts';
import { textOf } from '../../store/body.ts';
import type { FieldTerm, Page, Row } from '../../store/port.ts';
import type { Reply } from '../reply.ts';
import { bundleReply, pageLinks } from './bundle-text.ts';
import type { FhirDeps } from './deps.ts';
import type { FhirRequest } from './request.ts';
import { entriesOf } from './search-set.ts';
import { problemReply } from './status.ts';

const DEFAULT_COUNT = 200;
const MAX_COUNT = 1000;

/** Parameters of `$everything`, read. */
interface Question {
  readonly types: readonly string[];
  readonly limit: number;
  readonly where: readonly FieldTerm[];
}

/**
 * `GET [base]/Patient/id/$everything` (R4 patient-operation-everything.html): every resource in the compartments of
 * the person's members, page by page, and on each page what these refer to outside (practitioners, organizations).
 */
export async function everything(request: FhirRequest, id: string, deps: FhirDeps): Promise<Reply> {
  const members = await membersOf(id, deps);
  const path = `Patient/${id}/$everything`;
  if (members.length === 0) return problemReply(problem('server.not-found', 'There is no such patient.', { path }));
  const question = readQuestion(request, deps.zone);
  if (typeof question === 'string') return problemReply(problem('server.request-invalid', question));
  const sealed = request.query.get(CURSOR_PARAMETER);
  const after = sealed === null ? undefined : openCursor(sealed, path, deps.cursorKey);
  if (sealed !== null && after === undefined) {
    return problemReply(problem('fhir.search-cursor-invalid', 'The page cursor does not belong to this patient.'));
  }
  const found = await findPage(members, question, after, deps);
  const outside = await referred(found.rows, request, deps);
  const entries = await entriesOf([...found.rows, ...outside], { page: found.rows.length, type: '', request, deps });
  const next = found.next === undefined ? undefined : sealCursor(found.next, path, deps.cursorKey);
  const total = next === undefined && after === undefined ? { total: found.rows.length } : {};
  return bundleReply({ type: 'searchset', links: pageLinks(request, path, next), ...total }, entries, deps.now());
}

/** A patient that nobody identified (given by a client with matching off) is alone. */
async function membersOf(id: string, { reads }: FhirDeps): Promise<readonly string[]> {
  const person = await reads.personOf(id);
  if (person !== undefined) return person.members;
  const row = await reads.current('Patient', id);
  return row === undefined || isDeleted(row) ? [] : [id];
}

function findPage(
  members: readonly string[],
  { types, where, limit }: Question,
  after: string | undefined,
  { store }: FhirDeps,
): Promise<Page> {
  const keys = members.flatMap((member) => types.map((type) => compartmentKey(member, type)));
  return store.find('resources', {
    all: [keys],
    where: [{ field: 'type', op: 'in', value: types }, ...where],
    limit,
    ...(after === undefined ? {} : { after }),
  });
}

/** `GET [base]/Patient/id/$sources`: the members of the person, each as its source knows it. */
export async function sources(request: FhirRequest, id: string, deps: FhirDeps): Promise<Reply> {
  const person = await deps.reads.personOf(id);
  if (person === undefined) {
    return problemReply(problem('server.not-found', 'There is no such patient.', { path: `Patient/${id}` }));
  }
  const patients = await deps.reads.sources(person.members);
  const entries = patients.map((patient) => ({
    fullUrl: `${request.base}/Patient/${String(patient['id'])}`,
    resource: stringifyFhir(patient),
  }));
  return bundleReply({ type: 'collection' }, entries, deps.now());
}

function readQuestion({ query, principal }: FhirRequest, zone: string): Question | string {
  const known = ['_count', '_since', '_type', '_format', '_pretty', CURSOR_PARAMETER];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined)
    return `$everything has no parameter ${JSON.stringify(unknown)}; it has _type, _since and _count.`;
  const count = query.get('_count') ?? String(DEFAULT_COUNT);
  if (!/^[1-9]\d{0,8}$/.test(count)) return '_count: a whole number from 1 is expected.';
  const asked = query.get('_type')?.split(',') ?? compartmentTypes;
  if (asked.some((type) => !isResourceType(type))) return '_type: resource types are expected, separated by commas.';
  const since = query.get('_since');
  const interval = since === null ? undefined : intervalOf(since.replace(' ', '+'), zone);
  if (since !== null && interval === undefined) return '_since: an instant is expected.';
  return {
    types: asked.filter((type) => principal.may('read', type)),
    limit: Math.min(Number(count), MAX_COUNT),
    where: interval === undefined ? [] : [{ field: 'lastUpdated', op: 'ge', value: new Date(interval[0]) }],
  };
}

/** What the resources of a page refer to that lies in nobody's compartment. */
async function referred(rows: readonly Row[], request: FhirRequest, deps: FhirDeps): Promise<readonly Row[]> {
  if (request.query.has('_type')) return [];
  const references = rows.flatMap((row) => findReferences(parseFhir(textOf(row)))).map(({ reference }) => reference);
  const outside = [...new Set(references)].filter((reference) => {
    const [, type = ''] = /^([A-Z]\w+)\/[A-Za-z0-9\-.]{1,64}$/.exec(reference) ?? [];
    return (
      isResourceType(type) && type !== 'Patient' && !inPatientCompartment(type) && request.principal.may('read', type)
    );
  });
  const found = await deps.store.getMany('resources', outside.slice(0, MAX_COUNT));
  return found.filter((row) => row !== undefined).filter((row) => !isDeleted(row));
}
