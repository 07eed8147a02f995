import type { Message, Segment } from './message.ts';

/** An HL7 address: `PID-5[1].1.1`, `OBX[3]-5`; numbers count from 1, `segmentRepetition` among segments of that name. */
export interface Hl7Path {
  readonly segment: string;
  readonly segmentRepetition?: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

const PATH =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,5})\])?(?:-([1-9]\d{0,3})(?:\[([1-9]\d{0,5})\])?(?:\.([1-9]\d{0,3})(?:\.([1-9]\d{0,3}))?)?)?$/;

/** Reads an address; `undefined` where the text is none. */
export function parsePath(text: string): Hl7Path | undefined {
  const match = PATH.exec(text);
  const segment = match?.[1];
  if (match === null || segment === undefined) return undefined;
  const number = (group: number): number | undefined => (match[group] === undefined ? undefined : Number(match[group]));
  return withoutAbsent({
    segment,
    segmentRepetition: number(2),
    field: number(3),
    repetition: number(4),
    component: number(5),
    subcomponent: number(6),
  });
}

type Loose = Pick<Hl7Path, 'segment'> & Readonly<Record<Exclude<keyof Hl7Path, 'segment'>, number | undefined>>;

function withoutAbsent(path: Loose): Hl7Path {
  return {
    segment: path.segment,
    ...(path.segmentRepetition !== undefined && { segmentRepetition: path.segmentRepetition }),
    ...(path.field !== undefined && { field: path.field }),
    ...(path.repetition !== undefined && { repetition: path.repetition }),
    ...(path.component !== undefined && { component: path.component }),
    ...(path.subcomponent !== undefined && { subcomponent: path.subcomponent }),
  };
}

/** Writes an address as {@link parsePath} reads it. */
export function formatPath(path: Hl7Path): string {
  const box = (n: number | undefined): string => (n === undefined ? '' : `[${n}]`);
  const dot = (n: number | undefined): string => (n === undefined ? '' : `.${n}`);
  const head = path.segment + box(path.segmentRepetition);
  if (path.field === undefined) return head;
  return `${head}-${path.field}${box(path.repetition)}${dot(path.component)}${dot(path.subcomponent)}`;
}

/**
 * Decoded value of a leaf; repetition, component and subcomponent are 1 where the address leaves them out. `''` where
 * the value is empty or absent. An address without a field has no value.
 */
export function readPath(message: Message, path: Hl7Path): string {
  if (path.field === undefined) return '';
  const segment = segmentAt(message, path);
  return segment?.value(path.field, path.repetition, path.component, path.subcomponent) ?? '';
}

function segmentAt(message: Message, path: Hl7Path): Segment | undefined {
  const nth = path.segmentRepetition ?? 1;
  return nth === 1 ? message.first(path.segment) : message.all(path.segment)[nth - 1];
}
