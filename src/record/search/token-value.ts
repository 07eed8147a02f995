import { ok } from '../../core/result.ts';
import { tokenKeys } from '../../fhir/extract.ts';
import type { SearchParameter } from '../../fhir/search-parameters.ts';
import { hasSystem, tokensOf, type Token } from '../../fhir/search-values.ts';
import type { CompileValue } from './filter.ts';
import { splitEscaped, unescapeValue } from './request.ts';

/** A token as it is asked for; an absent part is not asked for, an empty system asks for none. */
interface Asked {
  readonly system?: string;
  readonly value?: string;
}

/** `[system]|[code]` (R4 search.html#token). */
export const compileToken: CompileValue = (parameter, value, _modifier, { type }) => {
  const asked = readToken(value, parameter);
  return ok({
    keys: keysOf(type, parameter, asked),
    test: (dataType, found) => tokensOf(dataType, found).some((token) => meets(token, asked)),
    exact: asked.system !== '',
  });
};

function readToken(text: string, { paths, indexedAs }: SearchParameter): Asked {
  const [first = '', second] = splitEscaped(text, '|');
  const bySystem = indexedAs[0]?.system;
  if (second === undefined) {
    const value = unescapeValue(first);
    return bySystem === undefined ? { value } : { system: bySystem, value };
  }
  const value = unescapeValue(second);
  // The system of a `code` is that of its value set: it says nothing beside the code.
  if (bySystem !== undefined || !paths.some((path) => hasSystem(path.type))) return { ...system(bySystem), value };
  return { system: unescapeValue(first), ...(value === '' ? {} : { value }) };
}

const system = (name: string | undefined): Asked => (name === undefined ? {} : { system: name });

function keysOf(type: string, { code, indexedAs }: SearchParameter, asked: Asked): readonly string[] {
  const codes = indexedAs.length === 0 ? [code] : indexedAs.map((as) => as.code);
  return codes.flatMap((one) => {
    const [withSystem, any, systemOnly] = tokenKeys(type, one, asked.system, asked.value ?? '');
    if (asked.value === undefined) return systemOnly ?? [];
    if (asked.system === undefined) return withSystem ?? [];
    return (asked.system === '' ? any : withSystem) ?? [];
  });
}

function meets(token: Token, { system: name, value }: Asked): boolean {
  if (value !== undefined && token.value !== value) return false;
  return name === undefined || (token.system ?? '') === name;
}
