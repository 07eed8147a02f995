import { NOTHING, type Compiled, type MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { codingsOf, conceptTextOf } from '../convert/coded.ts';
import { compact } from '../convert/converting.ts';
import { Cell, Made, type Item } from '../run/cell.ts';
import type { Run } from '../run/run.ts';
import { lookUp, type Table } from '../tables/table.ts';
import { tableOf } from './table.ts';

type Coding = Readonly<Record<string, unknown>>;

function translated(cell: Cell, table: Table, run: Run): Made | undefined {
  const codings = codingsOf(cell, run);
  const known = codings.some((coding) => coding['system'] === table.system);
  const row = known ? undefined : lookUp(table, cell.part(1).trim());
  const coding: Coding[] = [...codings];
  if (row !== undefined) {
    const system = row.system ?? table.system;
    coding.unshift(compact({ system, code: row.code, display: row.display }) ?? {});
  } else if (!known && table.default !== 'keep' && cell.part(1) !== '') {
    run.lacksCode(cell, table.name);
  }
  // What was sent stays what is read where a standard code stands before it.
  const text = conceptTextOf(cell, row === undefined ? coding : coding.slice(0, 1));
  const value = compact({ coding, text });
  return value === undefined ? undefined : new Made('CodeableConcept', value, [cell]);
}

/** `translate(NAME)`. */
export const translateFunction: MappingFunction = {
  name: 'translate',
  usage: 'translate(NAME)',
  summary: 'A coded value with the standard code of a table put first; what was sent stays behind it.',
  examples: [
    {
      hl7: 'OBX|1|NM|K^血钾^L',
      element: 'Observation.code',
      rule: 'OBX-3 | translate(example)',
      value: {
        coding: [
          { system: 'http://loinc.org', code: '2823-3' },
          { code: 'K', display: '血钾' },
        ],
        text: '血钾',
      },
    },
    {
      hl7: 'OBX|1|NM|2823-3^Potassium^LN',
      element: 'Observation.code',
      rule: 'OBX-3 | translate(example)',
      value: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }] },
    },
  ],
  bind(call): Compiled {
    const table = tableOf(call);
    const input = call.input();
    if (table === undefined) return NOTHING;
    const translate = (item: Item, run: Run): Item | undefined =>
      item instanceof Cell ? translated(item, table, run) : item;
    return {
      types: ['CodeableConcept'],
      many: input.many,
      needs: input.needs,
      evaluate: (env) => mapItems(input.evaluate(env), translate, env.run),
    };
  },
};
