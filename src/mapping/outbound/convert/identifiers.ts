import { EXTENSIONS } from '../../types/extensions.ts';
import type { Run } from '../run/run.ts';
import { fieldsOf, objectsOf, orNothing, parts, textOf, type Converter } from './converter.ts';
import { extensionText } from './extensions.ts';

/** The parts of an Identifier as CX, XCN and XON have them. */
export interface Numbered {
  readonly value: string;
  readonly checkDigit: string;
  readonly checkScheme: string;
  /** HD of who assigned it. */
  readonly authority: readonly string[];
  /** HL7 table 0203. */
  readonly kind: string;
  readonly facility: string;
}

/** Takes an Identifier apart. */
export function numberOf(identifier: unknown, run: Run): Numbered {
  const { value, system, type, assigner } = fieldsOf(identifier);
  const uri = textOf(system);
  const display = textOf(fieldsOf(assigner)['display']);
  // An Organization that assigned a number is its authority (CX-4), any other the facility (CX-6).
  const isAuthority = textOf(fieldsOf(assigner)['type']) === 'Organization';
  return {
    value: textOf(value),
    checkDigit: extensionText(identifier, EXTENSIONS.checkDigit.url),
    checkScheme: extensionText(identifier, EXTENSIONS.checkScheme.url),
    authority: named(uri === '' ? [] : run.setting.receiver.authority(uri), isAuthority ? display : ''),
    kind: textOf(objectsOf(fieldsOf(type)['coding'])[0]?.['code']),
    facility: isAuthority ? '' : display,
  };
}

/** An authority with its name where it has none. */
function named([name = '', ...rest]: readonly string[], other: string): readonly string[] {
  return rest.length > 0 && name === '' ? [other, ...rest] : [name, ...rest];
}

/** Identifier to CX. */
export const toCx: Converter = {
  children: ['type', 'system', 'value', 'period', 'assigner', 'extension'],
  write: ({ value: identifier }, run) => {
    const { value, checkDigit, checkScheme, authority, kind, facility } = numberOf(identifier, run);
    if (value === '') return undefined;
    const { start, end } = fieldsOf(fieldsOf(identifier)['period']);
    const day = (at: unknown): string => run.setting.receiver.time(textOf(at))?.slice(0, 8) ?? '';
    return [value, checkDigit, checkScheme, authority, kind, facility, day(start), day(end)];
  },
};

/** Identifier to EI; its kind is what the field means. */
export const toEi: Converter = {
  children: ['type', 'system', 'value', 'assigner'],
  write: ({ value: identifier }, run) => {
    const { value, authority } = numberOf(identifier, run);
    return value === '' ? undefined : [value, ...authority];
  },
};

/** Identifier to EIP, as the filler's number. */
export const toEip: Converter = {
  children: ['type', 'system', 'value', 'assigner'],
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
