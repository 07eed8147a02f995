import type { FhirResource } from '../../fhir/patch.ts';
import { recOf } from '../../record/identify/aliases.ts';
import { numbersOf } from '../../record/identify/source-row.ts';
import type { Addresses } from '../../triggers/channels.ts';
import type { ConsentFact } from '../../triggers/consent.ts';
import { optedOut } from '../../triggers/consent.ts';
import type { Purpose } from '../../triggers/plan.ts';
import { CHANNEL_NAMES } from '../../triggers/plan.ts';
import { consentFacts } from './consents.ts';
import { addressesIn, nameOf } from './patient.ts';
import type { Session } from './session.ts';
import { isRecord, recordsOf } from './views.ts';

/** Who answers for a patient, as far as messages ask. */
export interface Guardian {
  readonly addresses: Addresses;
  /** Channels that the guardian has refused for messages of their own. */
  readonly refusals: readonly ConsentFact[];
}

/** Whose guardian is looked for. */
export interface Ward {
  readonly patient: FhirResource | undefined;
  /** Resources of type RelatedPerson (HL7 NK1, PID-21). */
  readonly related: readonly FhirResource[];
  readonly purpose: Purpose;
  readonly isBad: (address: string) => boolean;
}

type Contact = Readonly<Record<string, unknown>>;

const GUARDIAN: ReadonlySet<string> = new Set(['GUARD', 'GRD', 'GUADLTM', 'POWATT']);
const PARENT: ReadonlySet<string> = new Set(['MTH', 'FTH', 'PRN', 'PAR', 'NMTH', 'NFTH', 'ADOPTP']);
/** Contacts who are no relatives: employers, insurers, agencies (tables 0131 and 0063), friends, neighbours. */
const STRANGER: ReadonlySet<string> = new Set([
  'E',
  'F',
  'I',
  'S',
  'EME',
  'EMR',
  'ECON',
  'ASC',
  'MGR',
  'OWN',
  'TRA',
  'FRND',
  'NBOR',
]);

/**
 * Where the guardian can be reached: of the contacts that a message can reach, one with a guardian's role before a parent
 * before another relative. A mother who is known by her own number is reached at her own address, if the name agrees.
 */
export async function guardianOf(session: Session, ward: Ward): Promise<Guardian> {
  const today = session.context.now.toISOString().slice(0, 10);
  const contacts = [...ward.related, ...recordsOf(ward.patient?.['contact'])]
    .filter((contact) => isCurrent(contact, today) && rankOf(contact) < RANKS.stranger)
    .sort((a, b) => rankOf(a) - rankOf(b));
  for (const contact of contacts) {
    const addresses = addressesIn(recordsOf(contact['telecom']), ward.isBad);
    if (Object.keys(addresses).length > 0) return { addresses, refusals: [] };
    const own = await ownRecordOf(session, contact, ward);
    if (own !== undefined) return own;
  }
  return { addresses: {}, refusals: [] };
}

const RANKS = { guardian: 0, parent: 1, relative: 2, stranger: 3 } as const;

function rankOf(contact: Contact): number {
  const codes = recordsOf(contact['relationship']).flatMap(({ coding }) => recordsOf(coding).map(({ code }) => code));
  const has = (set: ReadonlySet<string>): boolean => codes.some((code) => typeof code === 'string' && set.has(code));
  if (has(GUARDIAN)) return RANKS.guardian;
  if (has(PARENT)) return RANKS.parent;
  return has(STRANGER) ? RANKS.stranger : RANKS.relative;
}

function isCurrent(contact: Contact, today: string): boolean {
  const { active, period } = contact;
  const end = isRecord(period) ? period['end'] : undefined;
  return active !== false && (typeof end !== 'string' || end.slice(0, 10) >= today);
}

/** The contact as a patient of their own. A number that names somebody of another name is not believed. */
async function ownRecordOf(session: Session, contact: Contact, ward: Ward): Promise<Guardian | undefined> {
  const name = nameOf(contact);
  if (contact['resourceType'] !== 'RelatedPerson' || name === '') return undefined;
  const { draft, context, deps } = session;
  const resource: FhirResource = { ...contact, resourceType: 'RelatedPerson' };
  for (const key of numbersOf(resource, { row: [0, 0, ''] })) {
    const person = await session.person(await recOf(draft, deps, key, context.now));
    const patient = person === undefined ? undefined : await deps.reader.resource(draft, `Patient/${person.id}`);
    if (person === undefined || patient === undefined || nameOf(patient) !== name) continue;
    const addresses = addressesIn(recordsOf(patient['telecom']), ward.isBad);
    if (Object.keys(addresses).length === 0) continue;
    const said = consentFacts(await deps.reader.resources(draft, person.members, ['Consent']));
    const refused = CHANNEL_NAMES.filter((channel) => optedOut(said, ward.purpose, channel));
    const refusal = { permit: false, purposes: [], at: context.now.toISOString() };
    return { addresses, refusals: refused.map((channel) => ({ ...refusal, channels: [channel] })) };
  }
  return undefined;
}
