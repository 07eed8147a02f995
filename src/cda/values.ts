import { fhirDecimal } from '../fhir/json.ts';
import { splitChineseName } from '../mapping/convert/surnames.ts';
import { systemUri } from './code-systems.ts';
import { compact, type Elements, type Reading } from './reading.ts';
import { attribute, child, childrenOf, elementsIn, textOf, type XmlElement } from './xml.ts';

/** Marks that editors put where there is nothing to say. */
const NOTHING = new Set(['', '/', '-', '--', '－', '—', '——']);

/** True for a text that says nothing. */
export const saysNothing = (text: string): boolean => NOTHING.has(text);

/** One coding of CD, CE, CV; undefined without a code. */
function coding(element: XmlElement): Elements | undefined {
  const code = attribute(element, 'code').replaceAll(/\s+/gu, ' ');
  if (saysNothing(code)) return undefined;
  const [display, version] = [attribute(element, 'displayName'), attribute(element, 'codeSystemVersion')];
  return compact({ system: systemUri(attribute(element, 'codeSystem')), version, code, display });
}

/** CD, CE or CV to CodeableConcept: its code and its translations, with the words of the author. */
export function concept(element: XmlElement | undefined): Elements | undefined {
  if (element === undefined) return undefined;
  const codings = [element, ...childrenOf(element, 'translation')].flatMap((one) => coding(one) ?? []);
  const original = textOf(child(element, 'originalText'));
  const text = original === '' ? attribute(element, 'displayName') : original;
  return compact({ coding: codings, text: saysNothing(text) ? '' : text });
}

/** The words of a concept. */
export function conceptText(element: XmlElement | undefined): string {
  const found = concept(element);
  return typeof found?.['text'] === 'string' ? found['text'] : attribute(element, 'code');
}

/** TS to dateTime, with the precision that it has. */
export function dateTime(element: XmlElement | undefined, reading: Reading, path: string): string | undefined {
  return reading.time(attribute(element, 'value'), path)?.dateTime;
}

/** IVL_TS: its one time, or its bounds as Period. */
export function timing(
  element: XmlElement | undefined,
  reading: Reading,
  path: string,
): { readonly at?: string; readonly period?: Elements } {
  const at = dateTime(element, reading, path);
  if (at !== undefined) return { at };
  const start = dateTime(child(element, 'low'), reading, `${path}/low`);
  const end = dateTime(child(element, 'high'), reading, `${path}/high`);
  const period = compact({ start, end });
  return period === undefined ? {} : { period };
}

/** PQ, REAL or INT to Quantity; undefined where the value is no number. */
export function quantity(element: XmlElement | undefined): Elements | undefined {
  const text = attribute(element, 'value');
  const value = /^[+-]?\d+(?:\.\d+)?$/u.test(text) ? fhirDecimal(text.replace(/^\+/u, '')) : undefined;
  const unit = attribute(element, 'unit');
  return value === undefined ? undefined : compact({ value, unit: unit === '1' ? '' : unit });
}

const NAME_USES: Readonly<Record<string, string>> = { L: 'official', OR: 'official', P: 'nickname', A: 'anonymous' };

/** PN to HumanName; a Chinese name in one text is split by its surname. */
export function humanName(element: XmlElement | undefined): Elements | undefined {
  if (element === undefined) return undefined;
  const parts = (name: string) =>
    childrenOf(element, name)
      .map(textOf)
      .filter((text) => text !== '');
  const [family = ''] = parts('family');
  const given = parts('given');
  const whole = textOf(element);
  const use = NAME_USES[attribute(element, 'use')];
  if (saysNothing(whole)) return undefined;
  if (family === '' && given.length === 0) {
    const split = splitChineseName(whole);
    return compact({ use, text: whole, family: split?.family, given: split === undefined ? [] : [split.given] });
  }
  const text = /\p{Script=Han}/u.test(family) ? family + given.join('') : [...given, family].join(' ').trim();
  return compact({ use, text, family, given, prefix: parts('prefix'), suffix: parts('suffix') });
}

const ADDRESS_USES: Readonly<Record<string, string>> = { H: 'home', HP: 'home', WP: 'work', TMP: 'temp' };
/** From the street to the house: elements of WS/T 500 among those of CDA. */
const LINES = ['township', 'streetName', 'streetAddressLine', 'houseNumber'];

/** AD to Address. */
export function address(element: XmlElement): Elements | undefined {
  const part = (name: string): string => {
    const text = textOf(child(element, name));
    return saysNothing(text) ? '' : text;
  };
  const line = LINES.flatMap((name) => childrenOf(element, name).map(textOf)).filter((text) => !saysNothing(text));
  const district = part('county') === '' ? part('precinct') : part('county');
  const found = { line, city: part('city'), district, state: part('state'), postalCode: part('postalCode') };
  const own = element.content
    .filter((one) => typeof one === 'string')
    .join('')
    .trim();
  const text = own === '' ? [found.state, found.city, district, ...line].join('') : own;
  if (saysNothing(text)) return undefined;
  return compact({ use: ADDRESS_USES[attribute(element, 'use')], text, ...found, country: part('country') });
}

const SCHEMES: Readonly<Record<string, string>> = {
  tel: 'phone',
  fax: 'fax',
  mailto: 'email',
  http: 'url',
  https: 'url',
};
const CONTACT_USES: Readonly<Record<string, string>> = { H: 'home', HP: 'home', HV: 'home', WP: 'work', MC: 'mobile' };

/** TEL to ContactPoint. */
export function contact(element: XmlElement): Elements | undefined {
  const text = attribute(element, 'value');
  const [, scheme = '', rest = ''] = /^([a-z]+):(.+)$/iu.exec(text) ?? [];
  const system = SCHEMES[scheme.toLowerCase()];
  const value = system === undefined || system === 'url' ? text : rest;
  if (saysNothing(value)) return undefined;
  return compact({ system: system ?? 'phone', value, use: CONTACT_USES[attribute(element, 'use')] });
}

const GENDERS: Readonly<Record<string, string>> = {
  // GB/T 2261.1, which WS/T 500 uses.
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unknown',
  M: 'male',
  F: 'female',
  UN: 'other',
  UNK: 'unknown',
};

/** Administrative gender of FHIR. */
export const gender = (element: XmlElement | undefined): string | undefined => GENDERS[attribute(element, 'code')];

/** Type of a value (`xsi:type`), without the prefixes of flavours: `CD`, `PQ`, `IVL_TS`; what has none is told by its form. */
export function typeOfValue(element: XmlElement): string {
  const declared = attribute(element, 'type').replace(/^.*:/u, '');
  if (declared !== '') return declared;
  if (attribute(element, 'code') !== '') return 'CD';
  if (attribute(element, 'unit') !== '') return 'PQ';
  return elementsIn(element).length > 0 ? 'ANY' : 'ST';
}
