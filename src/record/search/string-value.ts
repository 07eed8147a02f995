import { ok } from '../../core/result.ts';
import { searchKey } from '../../fhir/extract.ts';
import { fold, foldName } from '../../fhir/fold.ts';
import { KEY_SEPARATOR, stringsOf } from '../../fhir/search-values.ts';
import type { CompileValue } from './filter.ts';
import { unescapeValue } from './request.ts';

/** Names of people are found by characters, pinyin or initials; pinyin with or without spaces. */
const isName = (code: string): boolean => /^(name|family|given|phonetic)$/.test(code);

/** Begins with, `:exact` or `:contains` (R4 search.html#string). */
export const compileString: CompileValue = (parameter, value, modifier, { type }) => {
  const text = unescapeValue(value);
  const codes = parameter.indexedAs.length === 0 ? [parameter.code] : parameter.indexedAs.map(({ code }) => code);
  const prefixed = (folded: string): readonly string[] => codes.map((code) => searchKey(type, code, folded));
  const folded = isName(parameter.code) ? foldName(text) : fold(text);
  if (modifier === 'contains') {
    const test = (dataType: string, found: unknown): boolean =>
      stringsOf(dataType, found).some((one) => fold(one).includes(folded));
    return ok({ prefixes: prefixed(''), test, exact: false });
  }
  if (modifier === 'exact') {
    const test = (dataType: string, found: unknown): boolean => stringsOf(dataType, found).includes(text);
    return ok({ prefixes: prefixed(folded), test, exact: false });
  }
  const forms = isName(parameter.code) ? [...new Set([folded, folded.replaceAll(' ', '')])] : [folded];
  const test = (dataType: string, found: unknown): boolean =>
    stringsOf(dataType, found).some((one) => fold(one).startsWith(folded));
  return ok({ prefixes: forms.flatMap(prefixed), test, exact: true });
};

/** The whole URI, or `:below` it (R4 search.html#uri); a canonical also with any version. */
export const compileUri: CompileValue = ({ code }, value, modifier, { type }) => {
  const uri = unescapeValue(value);
  const key = searchKey(type, code, uri);
  const prefixes = modifier === 'below' ? [key] : [`${key}${KEY_SEPARATOR}`, `${key}|`];
  const meets = (found: string): boolean =>
    modifier === 'below' ? found.startsWith(uri) : found === uri || found.startsWith(`${uri}|`);
  return ok({ prefixes, test: (_type, found) => typeof found === 'string' && meets(found), exact: true });
};
