import { isObject } from '../../fhir/json.ts';
import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { activityLocation } from './locations.ts';
import { refer } from './refer.ts';
import { practitionerKey, toPractitioner } from './references.ts';
import { periodOf } from './times.ts';

/** NDL to a reference to the Practitioner alone. */
export const activityPractitioner: Converter = (cell, to) => toPractitioner(cell.at(1, 'CNN'), to);

/**
 * NDL (OBR-32 to OBR-35) to a reference to a PractitionerRole: who, from when to when, and where (guide,
 * NDL[PractitionerRole]). Where it says no more than who, to the Practitioner.
 */
export const activityRole: Converter = (cell, to) => {
  const who = cell.at(1, 'CNN');
  const practitioner = toPractitioner(who, to);
  if (!isObject(practitioner) || cell.count < 2) return practitioner;
  const place = activityLocation(cell, to);
  const period = periodIn(cell, to);
  if (place === undefined && period === undefined) return practitioner;
  const { namespace, value } = practitionerKey(who, to);
  const display = textOf(practitioner, 'display');
  const key = [value || display, textOf(place, 'reference'), cell.peek(2)].join('|');
  const elements = compact({ practitioner, period, location: place === undefined ? [] : [place] });
  return refer({ type: 'PractitionerRole', value: key, namespace, display }, elements, to);
};

function periodIn(cell: Cell, to: Converting): unknown {
  if (cell.peek(2) === '' && cell.peek(3) === '') return undefined;
  return periodOf(cell.at(2, 'DTM'), cell.at(3, 'DTM'), to);
}

function textOf(value: unknown, name: string): string | undefined {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? text : undefined;
}
