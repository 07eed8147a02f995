import { problem } from '../../core/problem.ts';
import { explainPerson, exportLinks } from '../../record/identify/explain-person.ts';
import { mergePersons } from '../../record/identify/merge-persons.ts';
import { splitPerson } from '../../record/identify/split-person.ts';
import { Draft } from '../../store/draft.ts';
import { actorOf, decide } from './decide.ts';
import { findPerson, findSource } from './find-source.ts';
import { OperationFailed, textParam, type Line, type Operation, type Params } from './operation.ts';

function required(params: Params, name: string): string {
  const value = textParam(params, name);
  if (value === undefined) throw new OperationFailed(problem('operation.bad-parameter', `${name} is missing.`));
  return value;
}

/** `person.show`: the patient document. */
const show: Operation = {
  name: 'person.show',
  summary: 'The patient document of a person.',
  async *run(engine, params) {
    const id = await findPerson(engine, required(params, 'id'));
    const row = await engine.store.get('patients', id);
    if (typeof row?.body !== 'object' || row.body instanceof Uint8Array) {
      throw new OperationFailed(problem('identity.unknown-record', 'The person has no document.'));
    }
    yield row.body;
  },
};

/** `person.explain`: its source records, and what joins or parts them. */
const explain: Operation = {
  name: 'person.explain',
  summary: 'Why source records are one person.',
  async *run(engine, params) {
    const rec = await findSource(engine, required(params, 'id'));
    const found = await explainPerson(new Draft(engine.store), rec, engine.settings);
    if (found === undefined) throw new OperationFailed(problem('identity.unknown-record', 'No such person.'));
    const sources = found.sources.map(({ id, key, source, state, generation, firstAt, lastAt }): Line => {
      return {
        id,
        number: key === undefined ? id : `${key.namespace}|${key.kind}|${key.value}`,
        source,
        state,
        generation,
        firstAt,
        lastAt,
      };
    });
    yield { person: found.id, members: found.members, sources, links: found.links };
  },
};

/** `person.merge`: two source records are the same human being. */
const merge: Operation = {
  name: 'person.merge',
  summary: 'Says that two source records are the same human being.',
  async *run(engine, params) {
    const [a, b] = [await findSource(engine, required(params, 'a')), await findSource(engine, required(params, 'b'))];
    yield* decide(engine, (draft) => mergePersons(draft, { a, b }, actorOf(params), engine.settings));
  },
};

/** `person.split`: a source record is somebody else than the person it is with. */
const split: Operation = {
  name: 'person.split',
  summary: 'Says that a source record is somebody else.',
  async *run(engine, params) {
    const rec = await findSource(engine, required(params, 'a'));
    const other = textParam(params, 'b');
    const from = other === undefined ? undefined : await findSource(engine, other);
    const about = from === undefined ? { rec } : { rec, from };
    yield* decide(engine, (draft) => splitPerson(draft, about, actorOf(params), engine.settings));
  },
};

/** `person.export`: every number with its person. */
const exported: Operation = {
  name: 'person.export',
  summary: 'Every source record with its person.',
  async *run({ store }) {
    for await (const link of exportLinks(store)) yield { ...link };
  },
};

/** Operations on persons. */
export const PERSON_OPERATIONS: readonly Operation[] = [show, explain, merge, split, exported];
