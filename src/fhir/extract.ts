import { fold, foldName, isLatin, pinyinKeys } from './fold.ts';
import type { ExtractSearchKeys } from './search-keys.ts';
import { parametersOf, type SearchParameter } from './search-parameters.ts';
import { compileWalk, type SearchPath } from './search-path.ts';
import { isObject, listOf } from './json.ts';
import { intervalsOf, KEY_SEPARATOR, eachTokenOf, numbersOf, referenceOf, stringsOf } from './search-values.ts';

/** What an extraction collects. */
interface Found {
  readonly keys: Set<string>;
  readonly ordered: Set<string>;
  readonly ranges: Record<string, (readonly [number, number])[]>;
  readonly zone: string;
}

/** Takes the value of one top-level element. */
type Extract = (value: unknown, found: Found) => void;
type AddValue = (value: unknown, found: Found) => void;

/** Answered from the row's own fields and keys, so that they cost no key: id, time, cause. */
const NOT_INDEXED: ReadonlySet<string> = new Set(['_id', '_lastUpdated', '_source']);

const EXTRACTORS = new Map<string, ExtractSearchKeys>();

/** The extractor of a resource type, compiled once. An unknown type has no keys. */
export function compileExtractor(type: string): ExtractSearchKeys {
  let extract = EXTRACTORS.get(type);
  if (extract === undefined) EXTRACTORS.set(type, (extract = compile(type)));
  return extract;
}

/** True for a parameter that has keys or ranges of its own. */
export function isIndexed(parameter: SearchParameter): boolean {
  return parameter.type !== 'composite' && parameter.indexedAs.length === 0 && !NOT_INDEXED.has(parameter.code);
}

/** Exact keys of a token: with its system, with any system, and of the system alone. */
export function tokenKeys(type: string, code: string, system: string | undefined, value: string): readonly string[] {
  const keys: string[] = [];
  eachTokenKey(searchKey(type, code, ''), system, value, (key) => keys.push(key));
  return keys;
}

/** @param under `Type|code|` */
function eachTokenKey(under: string, system: string | undefined, value: string, add: (key: string) => void): void {
  const any = under + KEY_SEPARATOR + value;
  if (system === undefined) {
    add(any);
    return;
  }
  const named = under + system + KEY_SEPARATOR;
  add(named + value);
  add(any);
  add(named);
}

/** Key of a reference, or ordered key of a string. URIs end with the separator, so that a prefix can mean the whole. */
export function searchKey(type: string, code: string, value: string): string {
  return type + KEY_SEPARATOR + code + KEY_SEPARATOR + value;
}

function compile(type: string): ExtractSearchKeys {
  const byElement = new Map<string, Extract[]>();
  for (const parameter of parametersOf(type).values()) {
    if (isIndexed(parameter)) addParameter(byElement, type, parameter);
  }
  return (resource, zone) => {
    const found: Found = { keys: new Set(), ordered: new Set(), ranges: {}, zone };
    // Only elements that are there cost anything: a type has up to a hundred paths, a resource ten elements.
    for (const name in resource) {
      const extracts = byElement.get(name);
      if (extracts !== undefined) for (const extract of extracts) extract(resource[name], found);
    }
    return { keys: [...found.keys], ordered: [...found.ordered], ranges: found.ranges };
  };
}

function addParameter(byElement: Map<string, Extract[]>, type: string, parameter: SearchParameter): void {
  for (const path of parameter.paths) {
    const add = compileAdd(type, parameter, path);
    const [first, ...rest] = path.steps;
    if (first === undefined) continue;
    // A condition on the first step is looked at where the walk enters it.
    const steps = first.where === undefined ? rest : path.steps;
    const { name } = first;
    const walk = compileWalk(steps, add);
    const extract: Extract =
      first.where === undefined
        ? walk
        : (value, found) => {
            walk({ [name]: value }, found);
          };
    byElement.set(name, [...(byElement.get(name) ?? []), extract]);
  }
}

function compileAdd(type: string, parameter: SearchParameter, path: SearchPath): AddValue {
  const { code } = parameter;
  switch (parameter.type) {
    case 'token':
      return addToken(type, code, path);
    case 'reference':
      return addReference(type, code, path);
    case 'string':
      return path.type === 'HumanName' || PERSON_NAMES.has(`${type}.${code}`)
        ? addName(type, code, path)
        : addString(type, code, path);
    case 'date':
      return (value, found) => {
        addRanges(code, found, intervalsOf(path.type, value, found.zone));
      };
    case 'number':
    case 'quantity':
      return (value, found) => {
        addRanges(code, found, numbersOf(value));
      };
    case 'uri':
      return (value, found) => {
        if (typeof value === 'string') found.ordered.add(searchKey(type, code, value) + KEY_SEPARATOR);
      };
    case 'composite':
      return () => undefined;
  }
}

function addRanges(code: string, found: Found, ranges: readonly (readonly [number, number])[]): void {
  if (ranges.length > 0) (found.ranges[code] ??= []).push(...ranges);
}

function addToken(type: string, code: string, path: SearchPath): AddValue {
  // `Patient.deceased` asks whether somebody died: a date of death says yes.
  if (type === 'Patient' && code === 'deceased') {
    return (value, found) => {
      const dead = value === true || typeof value === 'string';
      for (const key of tokenKeys(type, code, undefined, String(dead))) found.keys.add(key);
    };
  }
  const under = searchKey(type, code, '');
  const each = eachTokenOf(path.type);
  return (value, { keys }) => {
    const add = (key: string): void => void keys.add(key);
    each(value, (system, one) => {
      eachTokenKey(under, system, one, add);
    });
  };
}

function addReference(type: string, code: string, path: SearchPath): AddValue {
  const { only } = path;
  const under = searchKey(type, code, '');
  return (value, found) => {
    const target = referenceOf(path.type, value);
    if (target === undefined || (only !== undefined && !target.startsWith(`${only}/`))) return;
    found.keys.add(under + target);
  };
}

function addString(type: string, code: string, path: SearchPath): AddValue {
  return (value, found) => {
    for (const text of longest(stringsOf(path.type, value).map(fold))) found.ordered.add(searchKey(type, code, text));
  };
}

/** Parameters over a part of a person's name: they are found by pinyin too. */
const PERSON_NAMES: ReadonlySet<string> = new Set(
  ['Patient', 'Practitioner', 'RelatedPerson', 'Person'].flatMap((type) => [`${type}.family`, `${type}.given`]),
);

function addName(type: string, code: string, path: SearchPath): AddValue {
  const mode = code === 'given' ? 'given' : 'surname';
  return (value, found) => {
    const whole = wholeNames(value);
    const texts = [...whole, ...stringsOf(path.type, value)].map(foldName);
    const pinyin = path.type === 'HumanName' ? [...whole, ...givenNames(value)] : texts;
    const keys = pinyin.flatMap((text, index) => pinyinKeys(text, index < whole.length ? 'surname' : mode));
    for (const text of longest([...texts, ...keys])) found.ordered.add(searchKey(type, code, text));
  };
}

/** A name as it is said: its text, or family and given name together, in both orders where they are written apart. */
function wholeNames(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const { text, family } = value;
  const given = givenNames(value).join(' ');
  const said = typeof text === 'string' ? [text] : [];
  if (typeof family !== 'string') return said;
  const together = `${family} ${given}`.trim();
  return [...new Set([...said, together, ...(isLatin(together) ? [`${given} ${family}`.trim()] : [])])];
}

function givenNames(value: unknown): readonly string[] {
  return isObject(value) ? listOf(value['given']).filter((part) => typeof part === 'string') : [];
}

/** Leaves out what is a prefix of another: a search by prefix finds it there. */
function longest(texts: readonly string[]): readonly string[] {
  if (texts.length === 1 && texts[0] !== '') return texts;
  const unique = [...new Set(texts)].filter((text) => text !== '');
  return unique.filter((text) => !unique.some((other) => other !== text && other.startsWith(text)));
}
