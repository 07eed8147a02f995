import { decimalValue, isObject, listOf } from './json.ts';

/** A result in the one unit that rules, trends and searches of its analyte use. */
export interface CanonicalResult {
  /** LOINC code that names the analyte. */
  readonly code: string;
  readonly name: string;
  readonly value: number;
  /** UCUM code of the unit. */
  readonly unit: string;
  /** `<`, `<=`, `>=` or `>`: the value is only a bound. */
  readonly comparator?: string;
}

/** To the canonical unit: `value * factor + shift`, rounded to `digits` decimals. */
interface Conversion {
  readonly factor: number;
  readonly shift?: number;
}

interface Analyte {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  /** LOINC codes of the same quantity in whatever unit. */
  readonly codes: readonly string[];
  /** By unit as `unitKey` writes it; the canonical unit needs no entry. */
  readonly from: Readonly<Record<string, Conversion>>;
  readonly digits: number;
}

const LOINC = 'http://loinc.org';
const GLUCOSE = { 'mg/dl': { factor: 1 / 18.016 } };
const BILIRUBIN = { 'mg/dl': { factor: 17.104 } };
const CHOLESTEROL = { 'mg/dl': { factor: 1 / 38.67 } };

const analyte = (code: string, name: string, unit: string, rest: Omit<Analyte, 'code' | 'name' | 'unit'>): Analyte => ({
  code,
  name,
  unit,
  ...rest,
});

/** Analytes whose units differ by more than a prefix between laboratories. */
const ANALYTES: readonly Analyte[] = [
  analyte('4548-4', 'HbA1c', '%', {
    codes: ['4548-4', '4549-2', '17856-6', '59261-8', '71875-9'],
    // NGSP from IFCC (master equation of 2004).
    from: { 'mmol/mol': { factor: 0.0915, shift: 2.15 } },
    digits: 2,
  }),
  analyte('14749-6', 'Glucose', 'mmol/L', {
    codes: ['14749-6', '2345-7', '15074-8', '2339-0'],
    from: GLUCOSE,
    digits: 2,
  }),
  analyte('14771-0', 'Fasting glucose', 'mmol/L', {
    codes: ['14771-0', '1558-6', '76629-5'],
    from: GLUCOSE,
    digits: 2,
  }),
  analyte('14743-9', 'Capillary glucose', 'mmol/L', { codes: ['14743-9', '41653-7'], from: GLUCOSE, digits: 2 }),
  analyte('14682-9', 'Creatinine', 'umol/L', {
    codes: ['14682-9', '2160-0', '38483-4'],
    from: { 'mg/dl': { factor: 88.42 }, 'mmol/l': { factor: 1000 } },
    digits: 1,
  }),
  analyte('14647-2', 'Cholesterol', 'mmol/L', { codes: ['14647-2', '2093-3'], from: CHOLESTEROL, digits: 2 }),
  analyte('14646-4', 'HDL cholesterol', 'mmol/L', { codes: ['14646-4', '2085-9'], from: CHOLESTEROL, digits: 2 }),
  analyte('22748-8', 'LDL cholesterol', 'mmol/L', {
    codes: ['22748-8', '39469-2', '2089-1', '13457-7', '18262-6'],
    from: CHOLESTEROL,
    digits: 2,
  }),
  analyte('14927-8', 'Triglyceride', 'mmol/L', {
    codes: ['14927-8', '2571-8'],
    from: { 'mg/dl': { factor: 1 / 88.57 } },
    digits: 2,
  }),
  analyte('22664-7', 'Urea', 'mmol/L', {
    codes: ['22664-7', '3091-6'],
    from: { 'mg/dl': { factor: 1 / 6.006 } },
    digits: 2,
  }),
  analyte('14937-7', 'Urea nitrogen', 'mmol/L', {
    codes: ['14937-7', '3094-0'],
    from: { 'mg/dl': { factor: 0.357 } },
    digits: 2,
  }),
  analyte('14933-6', 'Urate', 'umol/L', {
    codes: ['14933-6', '3084-1'],
    from: { 'mg/dl': { factor: 59.48 } },
    digits: 1,
  }),
  analyte('14631-6', 'Bilirubin', 'umol/L', { codes: ['14631-6', '1975-2'], from: BILIRUBIN, digits: 1 }),
  analyte('14629-0', 'Direct bilirubin', 'umol/L', { codes: ['14629-0', '1968-7'], from: BILIRUBIN, digits: 1 }),
  analyte('2000-8', 'Calcium', 'mmol/L', {
    codes: ['2000-8', '17861-6'],
    from: { 'mg/dl': { factor: 0.2495 } },
    digits: 2,
  }),
  analyte('14879-1', 'Phosphate', 'mmol/L', {
    codes: ['14879-1', '2777-1'],
    from: { 'mg/dl': { factor: 0.3229 } },
    digits: 2,
  }),
];

const BY_CODE = new Map(ANALYTES.flatMap((one) => one.codes.map((code) => [code, one] as const)));

/**
 * The result of an Observation (or a component of one) in the canonical unit of its analyte. Undefined, that is "not
 * evaluable", where the analyte is not of the table, there is no number, or the unit is not known for it: a formula
 * belongs to an analyte, a bare unit conversion would be wrong (HbA1c IFCC and NGSP).
 */
export function canonical(observation: Readonly<Record<string, unknown>>): CanonicalResult | undefined {
  const { code: concept, valueQuantity: quantity } = observation;
  if (!isObject(concept) || !isObject(quantity)) return undefined;
  const found = analyteOf(concept['coding']);
  const value = decimalValue(quantity['value']);
  if (found === undefined || value === undefined) return undefined;
  const converted = convert(found, value, quantity);
  if (converted === undefined) return undefined;
  const { comparator } = quantity;
  const result = { code: found.code, name: found.name, value: converted, unit: found.unit };
  return typeof comparator === 'string' ? { ...result, comparator } : result;
}

function analyteOf(codings: unknown): Analyte | undefined {
  for (const coding of listOf(codings)) {
    if (!isObject(coding) || coding['system'] !== LOINC || typeof coding['code'] !== 'string') continue;
    const found = BY_CODE.get(coding['code']);
    if (found !== undefined) return found;
  }
  return undefined;
}

function convert(to: Analyte, value: number, quantity: Readonly<Record<string, unknown>>): number | undefined {
  for (const unit of [quantity['code'], quantity['unit']]) {
    if (typeof unit !== 'string') continue;
    const key = unitKey(unit);
    if (key === unitKey(to.unit)) return value;
    const conversion = to.from[key];
    if (conversion !== undefined) return round(value * conversion.factor + (conversion.shift ?? 0), to.digits);
  }
  return undefined;
}

/** Units as laboratories write them: case, micro signs and spaces do not matter. */
function unitKey(unit: string): string {
  return unit
    .toLowerCase()
    .replaceAll(/[\s{}[\]]/g, '')
    .replace(/^[µμ]/, 'u');
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
