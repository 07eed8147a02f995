import { problem } from '../../core/problem.ts';
import { sourceId } from '../../record/identify/aliases.ts';
import { readSource } from '../../record/identify/source-row.ts';
import type { Engine } from '../engine.ts';
import { OperationFailed } from './operation.ts';

/** Kinds of number (CX-5) that are tried for `NAMESPACE|VALUE`, the usual ones first. */
const KINDS = ['MR', 'PI', 'PT', 'LR', 'NI', 'AN', ''];

/**
 * The id of a source record as people give it: the id itself, `NAMESPACE|VALUE` or `NAMESPACE|KIND|VALUE`.
 */
export async function findSource({ store, installation }: Engine, given: string): Promise<string> {
  if ((await store.get('sources', given)) !== undefined) return given;
  const [namespace = '', ...rest] = given.split('|');
  const value = rest.at(-1) ?? '';
  const kinds = rest.length > 1 ? rest.slice(0, 1) : KINDS;
  const ids = kinds.map((kind) => sourceId(installation, { namespace, kind, value }));
  const found = (await store.getMany('sources', ids)).find((row) => row !== undefined);
  if (found !== undefined) return found.id;
  throw new OperationFailed(
    problem(
      'identity.unknown-record',
      'No source record has this id or number; give an id, NAMESPACE|VALUE or NAMESPACE|KIND|VALUE.',
    ),
  );
}

/** Id of the person of a source record as people give it. */
export async function findPerson(engine: Engine, given: string): Promise<string> {
  const row = await engine.store.get('sources', await findSource(engine, given));
  return row === undefined ? given : readSource(row).person;
}
