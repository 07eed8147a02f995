import type { Run } from '../run/run.ts';
import { fieldsOf, objectsOf, orNothing, parts, textOf, type Converter } from './converter.ts';

/** Value, authority and kind of an Identifier. */
export interface Numbered {
  readonly value: string;
  readonly authority: readonly string[];
  /** HL7 table 0203. */
  readonly kind: string;
}

/** The parts of an Identifier. */
export function numberOf(identifier: unknown, run: Run): Numbered {
  const { value, system, type } = fieldsOf(identifier);
  const uri = textOf(system);
  return {
    value: textOf(value),
    authority: uri === '' ? [] : run.setting.receiver.authority(uri),
    kind: textOf(objectsOf(fieldsOf(type)['coding'])[0]?.['code']),
  };
}

/** Identifier to CX. */
export const toCx: Converter = {
  children: ['type', 'system', 'value', 'period', 'assigner'],
  write: ({ value: identifier }, run) => {
    const { value, authority, kind } = numberOf(identifier, run);
    if (value === '') return undefined;
    const { period, assigner } = fieldsOf(identifier);
    const { start, end } = fieldsOf(period);
    const day = (at: unknown): string => run.setting.receiver.time(textOf(at))?.slice(0, 8) ?? '';
    return [value, '', '', authority, kind, textOf(fieldsOf(assigner)['display']), day(start), day(end)];
  },
};

/** Identifier to EI; its kind is what the field means. */
export const toEi: Converter = {
  children: ['type', 'system', 'value'],
  write: ({ value: identifier }, run) => {
    const { value, authority } = numberOf(identifier, run);
    return value === '' ? undefined : [value, ...authority];
  },
};

/** Identifier to EIP, as the filler's number. */
export const toEip: Converter = {
  children: ['type', 'system', 'value'],
  write: ({ value: identifier }, run) => {
    const { value, authority } = numberOf(identifier, run);
    return value === '' ? undefined : ['', [value, ...authority]];
  },
};

/** Identifier to DLN. */
export const toDln: Converter = {
  children: ['type', 'system', 'value', 'period'],
  write: ({ value: identifier }, run) => {
    const { value, authority } = numberOf(identifier, run);
    const { end } = fieldsOf(fieldsOf(identifier)['period']);
    const issuer = authority.find((part) => part !== '') ?? '';
    return value === '' ? undefined : parts(value, issuer, run.setting.receiver.time(textOf(end))?.slice(0, 8) ?? '');
  },
};

/** Identifier to its value alone. */
export const identifierText: Converter = {
  children: ['value'],
  write: ({ value }) => orNothing(textOf(fieldsOf(value)['value'])),
};

/** A number as text to CX or EI without an authority, and a text to HD as a name. */
export const textToNumber: Converter = { write: ({ value }) => orNothing(textOf(value)) };
