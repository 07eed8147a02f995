import { tableSystem } from '../../fhir/v2-tables.ts';
import { compact, type Converter } from './converting.ts';
import { systemOf } from './identifiers.ts';
import { toDateTime } from './times.ts';

/** Table 0338: kinds of numbers of a practitioner. */
const KINDS = 'http://terminology.hl7.org/CodeSystem/v2-0338';

/** PLN (PRA-6, PRD-7) to Identifier; a number says its kind but not who gave it, so it is the source's own. */
export const practitionerNumber: Converter = (cell, to) => {
  const value = cell.part(1);
  if (value === '') return undefined;
  const kind = cell.part(2, 1);
  const named = cell.part(2, 3);
  const system = named === '' ? tableSystem(KINDS, kind) : to.codeSystem(named);
  const type = compact({
    coding: kind === '' ? undefined : [compact({ system, code: kind })],
    text: cell.part(2, 2) || (kind === '' ? cell.part(3) : ''),
  });
  return compact({
    type,
    system: systemOf(to.namespace('', kind === '' ? 'Practitioner' : kind)),
    value,
    period: compact({ end: toDateTime(cell.at(4, 'DT'), to) }),
  });
};
