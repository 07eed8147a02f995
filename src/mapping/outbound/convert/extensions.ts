import { fieldsOf, objectsOf, textOf } from './converter.ts';

/** The value of an extension as text, a code or Coding by its code; `''` where the value has no such extension. */
export function extensionText(holder: unknown, url: string): string {
  const found = objectsOf(fieldsOf(holder)['extension']).find((extension) => extension['url'] === url);
  if (found === undefined) return '';
  const { valueString, valueCode, valueCoding } = found;
  return textOf(valueString) || textOf(valueCode) || textOf(fieldsOf(valueCoding)['code']);
}
