import type { Cell } from '../run/cell.ts';
import type { Converter } from './converting.ts';

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

function rowOf(cell: Cell): readonly string[] {
  const row: string[] = [];
  const most = cell.raw().length + 1;
  for (let n = 1; n <= most; n += 1) row.push(cell.part(n).trim());
  while (row.at(-1) === '') row.pop();
  return row;
}

/** An empty place is an error of the series (`E`, R4 SampledData.data); undefined for what is no number. */
const pointOf = (text: string): string | undefined => {
  if (text === '') return 'E';
  return /^[+-]?\d+(?:\.\d+)?$/u.test(text) ? text.replace(/^\+/u, '') : undefined;
};

/**
 * Rows of NA as SampledData: one row is a series, several rows are its points in time with a column for each dimension.
 * HL7 v2 does not say how far the points are apart, so the period is told to be unknown. Undefined where a value is no
 * number or the rows are not equally long.
 */
export function sampledData(cells: readonly Cell[]): Readonly<Record<string, unknown>> | undefined {
  const rows = cells.map(rowOf);
  const width = rows[0]?.length ?? 0;
  const points = rows.flat().map(pointOf);
  if (width === 0 || rows.some(({ length }) => length !== width) || points.includes(undefined)) return undefined;
  return {
    origin: { value: 0 },
    _period: { extension: [{ url: ABSENT, valueCode: 'unknown' }] },
    dimensions: rows.length === 1 ? 1 : width,
    data: points.join(' '),
  };
}

/** NA to SampledData. */
export const toSampledData: Converter = (cell, to) => {
  const made = sampledData([cell]);
  if (made === undefined && cell.raw() !== '') to.invalid(cell, 'a series of numbers');
  return made;
};

/** VR (a range of texts) as `first-last`. */
export const rangeText: Converter = (cell) => {
  const text = [cell.part(1), cell.part(2)].filter((part) => part !== '').join('-');
  return text === '' ? undefined : text;
};
