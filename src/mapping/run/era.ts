import type { Message } from '../../hl7/message.ts';
import type { MappingContext } from '../contract.ts';
import type { RunSetting } from './run-setting.ts';

/** The last one, which most messages share with the one before. */
interface Last {
  readonly context: Pick<MappingContext, 'installation' | 'source' | 'zone' | 'ids'>;
  readonly setting: RunSetting;
  readonly charset: string;
  readonly separators: string;
  readonly era: number;
}

const settings = new WeakMap<RunSetting, number>();
const eras = new Map<string, number>();
let settingCount = 0;
let last: Last | undefined;

const separatorsOf = ({ separators: s }: Message): string =>
  s.component + s.repetition + s.escape + s.subcomponent + (s.truncation ?? '');

function settingNumber(setting: RunSetting): number {
  let number = settings.get(setting);
  if (number === undefined) settings.set(setting, (number = settingCount += 1));
  return number;
}

/**
 * A number for everything beside the fields of a message that decides what a rule makes of them: who sent it (its
 * numbering domains), the installation, the site's coding systems, zone, delimiters and charset. Equal numbers: equal
 * values for equal texts.
 */
export function eraOf(message: Message, context: MappingContext, setting: RunSetting): number {
  const { installation, source, zone, ids } = context;
  const { charset } = message;
  const separators = separatorsOf(message);
  const isSame =
    last?.setting === setting &&
    last.separators === separators &&
    last.charset === charset &&
    last.context.source === source &&
    last.context.ids === ids &&
    last.context.zone === zone &&
    last.context.installation === installation;
  if (isSame && last !== undefined) return last.era;
  const domains = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [installation, source, zone, settingNumber(setting), charset, separators, domains];
  const text = JSON.stringify(parts);
  let era = eras.get(text);
  if (era === undefined) eras.set(text, (era = eras.size));
  last = { context: { installation, source, zone, ids }, setting, charset, separators, era };
  return era;
}
