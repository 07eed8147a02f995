import { parseDate } from '../../../fhir/dates.ts';
import { codesName, namespaceName } from '../../../fhir/local-systems.ts';
import { offsetAt } from '../../../fhir/zone.ts';
import { formatTs } from '../../../hl7/format-ts.ts';
import type { Separators } from '../../../hl7/message.ts';
import { Memory } from '../../run/memory.ts';
import type { OutboundSettings } from '../contract.ts';

/** A receiver as the rules know it: its settings, checked and looked up once. */
export interface Receiver {
  readonly settings: OutboundSettings;
  readonly separators: Separators;
  /** False before v2.5: a coded value has no place for its original text, and two codings. */
  readonly hasCwe: boolean;
  /** WHATWG label that the text is encoded with. */
  readonly charset: string;
  /** HD of the assigning authority that a system stands for: name, universal id, its type. */
  authority(system: string): readonly string[];
  /** Name of a coding system (HL7 table 0396); its URI where it has none. */
  codeSystem(uri: string): string;
  /** A FHIR date, dateTime or instant as DTM; undefined where it is none. */
  time(text: string): string | undefined;
  /** A moment as the receiver writes it. */
  moment(at: Date): string;
}

/** What a receiver is made of. */
export interface ReceiverParts {
  readonly settings: OutboundSettings;
  readonly separators: Separators;
  readonly charset: string;
  /** URI by name, as the table `coding-systems` has them. */
  readonly codeSystems: ReadonlyMap<string, string>;
}

/** The parts of an HD that is written as text. */
export const hdParts = (text: string): readonly string[] => text.split(/[\^&]/u);

/** The HD of a system that nothing is configured for (the converse of how CX-4 is read). */
function authorityOf(system: string): readonly string[] {
  const namespace = namespaceName(system);
  if (namespace !== undefined) return [namespace];
  if (system.startsWith('urn:oid:')) return ['', system.slice('urn:oid:'.length), 'ISO'];
  if (system.startsWith('urn:uuid:')) return ['', system.slice('urn:uuid:'.length), 'UUID'];
  return system === '' ? [] : ['', system, 'URI'];
}

const V2_TABLE = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-(\d{4})$/u;

function systemName(uri: string): string {
  const table = V2_TABLE.exec(uri)?.[1];
  if (table !== undefined) return `HL7${table}`;
  return codesName(uri) ?? (uri.startsWith('urn:oid:') ? uri.slice('urn:oid:'.length) : uri);
}

/** Names by URI; the first name that the table gives a URI is the one that is written. */
function namesByUri(codeSystems: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, uri] of codeSystems) if (!names.has(uri)) names.set(uri, name);
  return names;
}

const MOMENT = /^([\d-]+)T([\d:]+)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/u;
/** DTM has at most four decimals (HL7 v2.8.2 chapter 2A.3.22). */
const DECIMALS = 4;

/** Digits of a FHIR time with the offset that it has. */
function withOffset(text: string): string {
  const [, date = text, clock = '', fraction, offset = ''] = MOMENT.exec(text) ?? [];
  const decimals = fraction === undefined ? '' : `.${fraction.slice(0, DECIMALS)}`;
  const zone = offset === 'Z' ? '+0000' : offset.replace(':', '');
  return `${date.replaceAll('-', '')}${clock.replaceAll(':', '')}${decimals}${zone}`;
}

const pad = (n: number, length = 2): string => String(n).padStart(length, '0');

/** Digits of a FHIR time on the clocks of a zone; a time without an offset is on them already. */
function onClock(text: string, zone: string): string | undefined {
  const read = parseDate(text);
  if (read === undefined) return undefined;
  if (read.offset === undefined) return withOffset(text);
  const utc = read.local - read.offset;
  const at = new Date(utc + offsetAt(zone, utc));
  const day = `${pad(at.getUTCFullYear(), 4)}${pad(at.getUTCMonth() + 1)}${pad(at.getUTCDate())}`;
  const fraction = MOMENT.exec(text)?.[3];
  const decimals = fraction === undefined ? '' : `.${fraction.slice(0, DECIMALS)}`;
  return `${day}${pad(at.getUTCHours())}${pad(at.getUTCMinutes())}${pad(at.getUTCSeconds())}${decimals}`;
}

/** Makes the receiver of checked settings. */
export function makeReceiver({ settings, separators, charset, codeSystems }: ReceiverParts): Receiver {
  const { zone = 'UTC', times = 'offset', version = '2.5.1' } = settings;
  const configured = new Map(Object.entries(settings.authorities ?? {}).map(([system, hd]) => [system, hdParts(hd)]));
  const names = namesByUri(codeSystems);
  const authorities = new Memory<readonly string[]>();
  const systems = new Memory<string>();
  return {
    settings,
    separators,
    charset,
    hasCwe: version.localeCompare('2.5', 'en', { numeric: true }) >= 0,
    authority: (system) => configured.get(system) ?? authorities.get(system, () => authorityOf(system)),
    codeSystem: (uri) => names.get(uri) ?? systems.get(uri, () => systemName(uri)),
    time: (text) => {
      if (text === '') return undefined;
      if (times === 'local') return onClock(text, zone);
      return parseDate(text) === undefined ? undefined : withOffset(text);
    },
    moment: (at) => {
      const text = formatTs(at, offsetAt(zone, at.getTime()) / 60_000);
      return times === 'local' ? text.slice(0, -5) : text;
    },
  };
}
