import { isPlaceholderNumber } from './placeholders.ts';

/**
 * A phone number in one form: mobile numbers as 11 digits without country code, landlines as digits with their area
 * code's 0; undefined for placeholders and what is too short to name anybody.
 */
export function normalisePhone(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  const text = raw.normalize('NFKC').replace(/(转|ext\.?|x)\s*\d+$/i, '');
  const digits = text.replaceAll(/\D/g, '').replace(/^00/, '');
  const mobile = /^(?:86|0)?(1[3-9]\d{9})$/.exec(digits)?.[1];
  const number = mobile ?? landline(digits);
  return number === undefined || isPlaceholderNumber(number) ? undefined : number;
}

function landline(digits: string): string | undefined {
  const national = /^86[1-9]\d{8,10}$/.test(digits) ? `0${digits.slice(2)}` : digits;
  return /^\d{7,13}$/.test(national) ? national : undefined;
}
