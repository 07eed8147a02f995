import { fieldsOf, orNothing, parts, textOf, type Converter } from './converter.ts';

const UCUM = 'http://unitsofmeasure.org';

interface Measured {
  readonly value: string;
  readonly comparator: string;
}

function measuredOf(quantity: unknown): Measured {
  const { value, comparator } = fieldsOf(quantity);
  return { value: textOf(value), comparator: textOf(comparator) };
}

/** The unit of a Quantity: code, what is shown, name of the system. */
function unitParts(quantity: unknown): readonly string[] {
  const { unit, code, system } = fieldsOf(quantity);
  const [shown, coded] = [textOf(unit), textOf(code)];
  if (coded === '') return [shown];
  return [coded, shown, system === UCUM ? 'UCUM' : textOf(system)];
}

/** Quantity to NM: no unit and no comparator. */
export const toNm: Converter = {
  children: ['value'],
  write: (item, run) => {
    const { value, comparator } = measuredOf(item.value);
    if (comparator === '') return orNothing(value);
    run.lose(item, 'invalid-value', 'a number of HL7 has no comparator');
    return undefined;
  },
};

/** Quantity to CQ. */
export const toCq: Converter = {
  children: ['value', 'unit', 'system', 'code'],
  write: ({ value: quantity }) => {
    const { value } = measuredOf(quantity);
    return value === '' ? undefined : parts(value, unitParts(quantity));
  },
};

/** Quantity to its unit as CWE. */
export const unitToCwe: Converter = {
  children: ['unit', 'code', 'system'],
  write: ({ value }) => parts(...unitParts(value)),
};

/** Quantity to text: comparator, number and unit. */
export const quantityText: Converter = {
  children: ['value', 'comparator', 'unit', 'system', 'code'],
  write: ({ value: quantity }) => {
    const { value, comparator } = measuredOf(quantity);
    const { unit, code } = fieldsOf(quantity);
    return value === '' ? undefined : `${comparator}${value} ${textOf(unit) || textOf(code)}`.trim();
  },
};

/** Quantity to SN: the comparator before the number. */
export const toSn: Converter = {
  children: ['value', 'comparator'],
  write: ({ value: quantity }) => {
    const { value, comparator } = measuredOf(quantity);
    return value === '' ? undefined : [comparator, value];
  },
};

/** Range to SN; both ends must be known. */
export const rangeToSn: Converter = {
  write: (item, run) => {
    const { low, high } = fieldsOf(item.value);
    const [from, until] = [measuredOf(low).value, measuredOf(high).value];
    if (from !== '' && until !== '') return ['', from, '-', until];
    if (from !== '') return ['>=', from];
    if (until !== '') return ['<=', until];
    run.lose(item, 'invalid-value', 'the range has no limit');
    return undefined;
  },
};

/** Ratio to SN. */
export const ratioToSn: Converter = {
  write: ({ value }) => {
    const { numerator, denominator } = fieldsOf(value);
    const [above, below] = [measuredOf(numerator).value, measuredOf(denominator).value];
    return above === '' || below === '' ? undefined : ['', above, ':', below];
  },
};

/** Money to MO. */
export const toMo: Converter = {
  write: ({ value }) => parts(textOf(fieldsOf(value)['value']), textOf(fieldsOf(value)['currency'])),
};

/** Money to CP. */
export const toCp: Converter = {
  write: ({ value }) => parts([textOf(fieldsOf(value)['value']), textOf(fieldsOf(value)['currency'])]),
};

/** Observation.referenceRange to text: what was sent, else its limits. */
export const referenceRangeText: Converter = {
  children: ['low', 'high', 'text'],
  write: ({ value }) => {
    const { low, high, text } = fieldsOf(value);
    const [from, until] = [measuredOf(low).value, measuredOf(high).value];
    if (textOf(text) !== '') return textOf(text);
    if (from !== '' && until !== '') return `${from}-${until}`;
    return orNothing(from === '' ? until && `<=${until}` : `>=${from}`);
  },
};
