import { isCalendarDay, isClockTime } from './dates.ts';
import { formatOffset, offsetAt, parseOffset, toUtc } from './zone.ts';

/** A point in time of HL7 v2 as the FHIR types can say it. */
export interface FhirTimes {
  /** Date part, with the precision that was given. */
  readonly date: string;
  /** With time and offset where a time was given; seconds that were not given are `00`. */
  readonly dateTime: string;
  /** Only where at least the second was given. */
  readonly instant?: string;
}

const FORM = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/;

/**
 * Reads an HL7 v2 DT, DTM or TS value (`YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]`, HL7 2.5.1 section 2.A.21).
 * @param zone IANA zone or offset of values without one
 * @returns undefined where the value has another form or names no real day or time
 */
export function fhirTimes(text: string, zone: string): FhirTimes | undefined {
  const match = FORM.exec(text);
  if (match === null || !isReal(match)) return undefined;
  const [, year, month, day, hour, minute = '00', second, fraction = ''] = match;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (hour === undefined) return { date, dateTime: date };
  const offset = offsetOf(match, zone);
  if (offset === undefined) return undefined;
  const dateTime = `${date}T${hour}:${minute}:${second ?? '00'}${fraction}${offset}`;
  return second === undefined ? { date, dateTime } : { date, dateTime, instant: dateTime };
}

function isReal([
  ,
  year,
  month = '01',
  day = '01',
  hour = '00',
  minute = '00',
  second = '00',
]: RegExpExecArray): boolean {
  return (
    Number(year) > 0 &&
    isCalendarDay(Number(year), Number(month), Number(day)) &&
    isClockTime(Number(hour), Number(minute), Number(second))
  );
}

function offsetOf([, year, month, day, hour, minute, , , given]: RegExpExecArray, zone: string): string | undefined {
  if (given !== undefined) {
    const offset = parseOffset(given);
    return offset === undefined ? undefined : formatOffset(offset);
  }
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute ?? 0));
  return formatOffset(offsetAt(zone, toUtc(zone, local)));
}
