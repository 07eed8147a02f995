import { didYouMean } from '../../../core/nearest.ts';
import type { Table } from '../../tables/table.ts';
import type { Compiled } from '../compile/compiled.ts';
import { fieldsOf, objectsOf, textOf } from '../convert/converter.ts';
import type { Env } from '../run/env.ts';
import { Item } from '../run/item.ts';
import { invert, type Inverse } from './inverse.ts';
import type { OutboundFunction } from './function.ts';

type Coding = Readonly<Record<string, unknown>>;

interface Use {
  readonly inverse: Inverse;
  readonly table: Table;
  readonly fallback: string | undefined;
}

/** Codings with what the table translates put back to what a sender writes. */
function sentCodings(codings: readonly Coding[], { inverse }: Use): readonly Coding[] | undefined {
  const target = codings.findIndex((coding) => inverse.find(textOf(coding['code']), coding['system']) !== undefined);
  const found = codings[target];
  if (found === undefined) return undefined;
  const others = codings.filter((_, index) => index !== target);
  // What was sent stands behind its translation: it goes back as it came.
  const sent = others.find((coding) => inverse.gives(textOf(coding['code']), found));
  if (sent !== undefined) return [sent, ...others.filter((coding) => coding !== sent)];
  return [{ code: inverse.find(textOf(found['code']), found['system']), system: '' }, ...others];
}

/** True where nothing has to be translated: a table that keeps what it lacks, or a code that senders write themselves. */
const staysAsItIs = ({ table }: Use, codings: readonly Coding[]): boolean =>
  table.default === 'keep' || codings.some(({ code }) => table.rows.has(textOf(code)));

function backConcept(item: Item, use: Use): unknown {
  const { coding, text } = fieldsOf(item.value);
  const codings = objectsOf(coding);
  const sent = sentCodings(codings, use);
  if (sent !== undefined) return { coding: sent, ...(text === undefined ? {} : { text }) };
  if (codings.length === 0 || staysAsItIs(use, codings)) return item.value;
  return use.fallback === undefined ? undefined : { coding: [{ code: use.fallback, system: '' }] };
}

function backCoding(item: Item, use: Use): unknown {
  const coding = fieldsOf(item.value);
  const sent = sentCodings([coding], use)?.[0];
  if (sent !== undefined) return sent;
  if (staysAsItIs(use, [coding])) return item.value;
  return use.fallback === undefined ? undefined : { code: use.fallback, system: '' };
}

function backCode(item: Item, { inverse, table, fallback }: Use): unknown {
  const code = textOf(item.value);
  const found = inverse.find(code, undefined);
  return found ?? fallback ?? (table.default === 'keep' ? code : undefined);
}

function back(item: Item, use: Use, env: Env): readonly Item[] {
  const { type } = item;
  const value =
    type === 'CodeableConcept'
      ? backConcept(item, use)
      : type === 'Coding'
        ? backCoding(item, use)
        : backCode(item, use);
  if (value !== undefined) return [item.made(type, value)];
  env.run.lose(item, 'table-lacks-code', `table ${use.table.name} has no row that gives the code`);
  return [];
}

/** `table(NAME[, FALLBACK])`. */
export const tableFunction: OutboundFunction = {
  name: 'table',
  usage: 'table(NAME[, FALLBACK])',
  summary:
    'A table used backwards: the first code of it that gives the value. A coded value goes back as it was sent where that stands beside its translation. FALLBACK where there is no value or no row gives it.',
  examples: [
    {
      resource: { resourceType: 'Patient', gender: 'female' },
      field: 'PID-8',
      rule: 'gender | table(gender)',
      value: 'F',
    },
    { resource: { resourceType: 'Patient' }, field: 'PID-8', rule: 'gender | table(gender, U)', value: 'U' },
    {
      resource: {
        resourceType: 'Patient',
        maritalStatus: {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'L' },
            { system: 'http://terminology.hl7.org/CodeSystem/v2-0002', code: 'E' },
          ],
        },
      },
      field: 'PID-16',
      rule: 'maritalStatus | table(marital)',
      value: 'E^^HL70002',
    },
  ],
  bind({ args, tables, input, fail }): Compiled {
    const [name = '', fallback] = args;
    const table = tables.get(name);
    if (table === undefined) {
      return fail('mapping.unknown-name', `there is no table "${name}"${didYouMean(name, tables.keys())}`);
    }
    const use: Use = { table, inverse: invert(table), fallback };
    const instead = fallback === undefined ? [] : [new Item('code', fallback)];
    return {
      ...input,
      types: fallback === undefined ? input.types : [...input.types, { type: 'code', targets: [] }],
      evaluate: (env) => {
        const items = input.evaluate(env);
        return items.length === 0 ? instead : items.flatMap((item) => back(item, use, env));
      },
    };
  },
};
