import { problem, type Problem } from '../../../core/problem.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { isZone } from '../../../fhir/zone.ts';
import { charsetNamed } from '../../../hl7/charset-names.ts';
import type { Separators } from '../../../hl7/message.ts';
import { STANDARD_SEPARATORS } from '../../../hl7/separators.ts';
import type { FieldValue } from '../../../hl7/write-message.ts';
import type { OutboundSettings } from '../contract.ts';
import { hdParts, makeReceiver, type Receiver } from '../convert/receiver.ts';

const CHARSET = 'UNICODE UTF-8';
const VERSION = '2.5.1';
/** The first version whose MSH-9 names the structure. */
const WITH_STRUCTURE = '2.3.1';

type Fields = Readonly<Record<number, FieldValue>>;

/** Compares `2.5.1` and `2.3` number by number. */
function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

/**
 * The fields of MSH behind the delimiters that are the same in every message for a receiver (HL7 v2.8.2 chapter 2.14.9).
 * @param name `ADT_A08`
 */
export function headerFields(name: string, structure: string, { settings }: Receiver): Fields {
  const [code = '', trigger = ''] = name.split('_');
  const { version = VERSION } = settings;
  const hd = (text = ''): FieldValue => hdParts(text);
  const type = [code, trigger, ...(isBefore(version, WITH_STRUCTURE) ? [] : [structure])];
  return {
    3: hd(settings.sendingApplication),
    4: hd(settings.sendingFacility),
    5: hd(settings.receivingApplication),
    6: hd(settings.receivingFacility),
    9: type,
    11: settings.processingId ?? 'P',
    12: version,
    15: settings.acceptAck ?? '',
    16: settings.applicationAck ?? '',
    17: settings.country ?? '',
    18: settings.charset ?? CHARSET,
    19: settings.language ?? '',
  };
}

function separatorsOf(text: string | undefined): Separators | undefined {
  if (text === undefined) return STANDARD_SEPARATORS;
  const given = text.split('');
  const isRight = (given.length === 5 || given.length === 6) && new Set(given).size === given.length;
  if (!isRight || /[A-Za-z0-9\s]/u.test(text)) return undefined;
  const [field = '', component = '', repetition = '', escape = '', subcomponent = '', truncation] = given;
  const base = { field, component, repetition, escape, subcomponent };
  return truncation === undefined ? base : { ...base, truncation };
}

function labelOf(charset: string): string | undefined {
  const named = charsetNamed(charset);
  return named !== undefined && 'label' in named ? named.label : undefined;
}

/** Name, what was expected, and whether it is so. */
type Check = readonly [name: keyof OutboundSettings, expected: string, isRight: boolean];

function checksOf({ zone, version = VERSION, times }: OutboundSettings): readonly Check[] {
  return [
    ['zone', 'expected a zone such as Asia/Shanghai or +08:00', zone === undefined || isZone(zone)],
    ['times', 'local times need a zone', times !== 'local' || zone !== undefined],
    ['version', 'expected a version such as 2.5.1', /^2\.\d(?:\.\d)?$/u.test(version)],
  ];
}

/** Checks settings and prepares their receiver; every fault at once (`mapping.bad-setting`). */
export function prepareReceiver(
  settings: OutboundSettings,
  codeSystems: ReadonlyMap<string, string>,
): Result<Receiver, readonly Problem[]> {
  const separators = separatorsOf(settings.delimiters);
  const charset = labelOf(settings.charset ?? CHARSET);
  const checks: readonly Check[] = [
    ['delimiters', 'expected five or six different characters such as |^~\\&', separators !== undefined],
    ['charset', 'expected a name of HL7 table 0211, for example GB 18030-2000', charset !== undefined],
    ...checksOf(settings),
  ];
  const faults = checks.flatMap(([path, message, isRight]) =>
    isRight ? [] : [problem('mapping.bad-setting', message, { path })],
  );
  if (separators === undefined || charset === undefined || faults.length > 0) return err(faults);
  return ok(makeReceiver({ settings, separators, charset, codeSystems }));
}
