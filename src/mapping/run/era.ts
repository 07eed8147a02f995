import type { Message } from '../../hl7/message.ts';
import type { MappingContext } from '../contract.ts';
import type { RunSetting } from './run-setting.ts';

/** Everything beside the fields of a message that decides what a rule makes of them: one object for each. */
export type Era = object;

/** The last one, which most messages share with the one before. */
interface Last {
  readonly context: Pick<MappingContext, 'installation' | 'source' | 'zone' | 'ids'>;
  readonly setting: RunSetting;
  readonly charset: string;
  readonly separators: string;
  readonly era: Era;
}

/** Senders choose the delimiters, and mappings are loaded again: when there are so many, all are begun anew. */
const MOST = 500;

const codeSystems = new WeakMap<RunSetting['codeSystems'], number>();
const eras = new Map<string, Era>();
let sites = 0;
let last: Last | undefined;

const separatorsOf = ({ separators: s }: Message): string =>
  s.component + s.repetition + s.escape + s.subcomponent + (s.truncation ?? '');

/** A number for each site as it was loaded. */
function siteNumber(setting: RunSetting): number {
  let number = codeSystems.get(setting.codeSystems);
  if (number === undefined) codeSystems.set(setting.codeSystems, (number = sites += 1));
  return number;
}

function eraNamed(name: string): Era {
  let era = eras.get(name);
  if (era !== undefined) return era;
  if (eras.size >= MOST) eras.clear();
  era = Object.freeze({});
  eras.set(name, era);
  return era;
}

/**
 * The era of a message: who sent it (its numbering domains), the installation, the site's coding systems, zone,
 * delimiters and charset. The same object: equal values for equal texts.
 */
export function eraOf(message: Message, context: MappingContext, setting: RunSetting): Era {
  const { installation, source, zone, ids } = context;
  const { charset } = message;
  const separators = separatorsOf(message);
  // The messages of a site share its coding systems, whatever mapping each of them has.
  const isSame =
    last?.setting.codeSystems === setting.codeSystems &&
    last.setting.zone === setting.zone &&
    last.separators === separators &&
    last.charset === charset &&
    last.context.source === source &&
    last.context.ids === ids &&
    last.context.zone === zone &&
    last.context.installation === installation;
  if (isSame && last !== undefined) return last.era;
  const domains = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [installation, source, zone, siteNumber(setting), setting.zone ?? '', charset, separators, domains];
  const era = eraNamed(JSON.stringify(parts));
  last = { context: { installation, source, zone, ids }, setting, charset, separators, era };
  return era;
}
