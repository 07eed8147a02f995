import { formatOffset, offsetAt, toUtc } from '../../fhir/zone.ts';
import type { Hl7Time } from '../../hl7/parse-ts.ts';

/** Offset of a wall-clock time in a zone (IANA name or offset): `+08:00`; summer time counts. */
export function zoneOffset(zone: string, time: Hl7Time): string {
  if (/^[+-]\d\d:\d\d$/u.test(zone)) return zone;
  const local = Date.UTC(time.year, (time.month ?? 1) - 1, time.day ?? 1, time.hour ?? 0, time.minute ?? 0);
  return formatOffset(offsetAt(zone, toUtc(zone, local)));
}
