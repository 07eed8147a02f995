import type { FhirResource } from '../../fhir/patch.ts';
import type { PersonView, RecordReader } from '../../record/contract.ts';
import type { Draft } from '../../store/draft.ts';
import type { Addresses } from '../../triggers/channels.ts';
import type { Channel } from '../../triggers/plan.ts';
import { isRecord, recordsOf } from './views.ts';

/** True where any member of the person is recorded as dead. */
export async function isDeceased(reader: RecordReader, draft: Draft, person: PersonView): Promise<boolean> {
  for (const id of new Set([person.id, ...person.members])) {
    const patient = await reader.resource(draft, `Patient/${id}`);
    if (patient?.['deceasedBoolean'] === true || typeof patient?.['deceasedDateTime'] === 'string') return true;
  }
  return false;
}

/** The name as people write it; empty where there is none. */
export function nameOf(patient: Readonly<Record<string, unknown>> | undefined): string {
  const names = recordsOf(patient?.['name']);
  const name = names.find((candidate) => candidate['use'] === 'official') ?? names[0];
  if (name === undefined) return '';
  if (typeof name['text'] === 'string') return name['text'];
  const given = Array.isArray(name['given']) ? name['given'].map(String).join('') : '';
  return `${typeof name['family'] === 'string' ? name['family'] : ''}${given}`;
}

/** Whole years on a local date (`YYYY-MM-DD`); undefined where the birth date is not a full date. */
export function ageOn(patient: FhirResource | undefined, today: string): number | undefined {
  const birth = patient?.['birthDate'];
  if (typeof birth !== 'string' || birth.length !== 10) return undefined;
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return today.slice(5) < birth.slice(5) ? years - 1 : years;
}

/** True for a patient under an age, as far as the birth date tells; it may be a year or a month alone. */
export function isUnder(patient: FhirResource | undefined, age: number, today: string): boolean {
  const birth = patient?.['birthDate'];
  if (typeof birth !== 'string') return false;
  return (ageOn(patient, today) ?? Number(today.slice(0, 4)) - Number(birth.slice(0, 4))) < age;
}

/** What the patient is called in a message. */
export function salutationOf(patient: FhirResource | undefined): string {
  const gender = patient?.['gender'];
  return gender === 'male' ? '先生' : gender === 'female' ? '女士' : '';
}

/** Mobile numbers of the mainland, with or without country code. */
const MOBILE = /^(?:\+?86)?1\d{10}$/;

/** Where a patient can be reached: telecom of the Patient; `other` values are `wechat:…` or `app:…`. */
export function addressesOf(patient: FhirResource | undefined, isBad: (address: string) => boolean): Addresses {
  return addressesIn(recordsOf(patient?.['telecom']), isBad);
}

/** Addresses in a list of ContactPoints, one a channel, by rank; those that a provider called bad are left out. */
export function addressesIn(
  telecom: readonly Readonly<Record<string, unknown>>[],
  isBad: (address: string) => boolean,
): Addresses {
  const addresses: Partial<Record<Channel, string>> = {};
  const current = telecom.filter((point) => point['use'] !== 'old' && typeof point['value'] === 'string');
  const ranked = [...current].sort((a, b) => rankOf(a) - rankOf(b));
  for (const point of ranked) {
    for (const [channel, address] of reachedBy(String(point['system']), String(point['value']))) {
      if (!isBad(address)) addresses[channel] ??= address;
    }
  }
  return addresses;
}

function reachedBy(system: string, value: string): readonly (readonly [Channel, string])[] {
  if (system === 'phone' || system === 'sms') {
    const digits = value.replaceAll(/[\s()-]/g, '');
    const mobile: readonly (readonly [Channel, string])[] = MOBILE.test(digits) ? [['sms', digits]] : [];
    return [...mobile, ['voice', digits], ['phone', digits]];
  }
  if (system === 'email') return [['email', value]];
  const [kind, account] = value.split(/:(.*)/s);
  if (account !== undefined && (kind === 'wechat' || kind === 'app')) return [[kind, account]];
  return [];
}

function rankOf(point: Readonly<Record<string, unknown>>): number {
  if (typeof point['rank'] === 'number') return point['rank'];
  return point['use'] === 'mobile' ? 100 : 101;
}

/** Name of the doctor's number in an identifier list. */
export function numberIn(identifiers: unknown): string | undefined {
  const [first] = recordsOf(identifiers);
  return isRecord(first) && typeof first['value'] === 'string' ? first['value'] : undefined;
}
