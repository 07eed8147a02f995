/**
 * A FHIR decimal whose digits matter (`4.10`): JSON numbers of JavaScript lose trailing zeros and long fractions.
 * Code that writes resources as JSON text writes `text` as it is; `JSON.stringify` alone falls back to the number.
 */
export class FhirDecimal {
  /** Digits as sent, in JSON number syntax. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): number {
    return Number(this.text);
  }

  valueOf(): number {
    return Number(this.text);
  }
}

/** A number where it says the same as its text, else a {@link FhirDecimal}. */
export function decimalOf(text: string): number | FhirDecimal {
  const number = Number(text);
  return String(number) === text ? number : new FhirDecimal(text);
}
