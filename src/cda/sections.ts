import { readStatement } from './entry.ts';
import { narrative, narrativeOf } from './narrative.ts';
import { compact, type Elements, type Reference } from './reading.ts';
import type { SectionSetting, Statement } from './statement.ts';
import { concept, conceptText, saysNothing } from './values.ts';
import { attribute, child, childrenOf, elementsIn, textOf, type XmlElement } from './xml.ts';

/** What the sections of a document are read with. */
export type SectionContext = Omit<Statement, 'element' | 'section' | 'path'>;

/** A value as a person reads it. */
function shown(value: XmlElement | undefined): string {
  const text = textOf(value) || attribute(value, 'displayName') || attribute(value, 'code');
  const amount = attribute(value, 'value');
  return text === '' && amount !== '' ? `${amount}${attribute(value, 'unit')}` : text;
}

/** `主诉：头痛3天` for each observation below an element: what a section without a text of its own says. */
function linesOf(element: XmlElement): readonly string[] {
  return elementsIn(element).flatMap((one): readonly string[] => {
    if (one.name === 'section' || one.name === 'text') return [];
    const text = one.name === 'observation' ? shown(child(one, 'value')) : '';
    const label = conceptText(child(one, 'code'));
    const own = saysNothing(text) ? [] : [label === '' ? text : `${label}：${text}`];
    return [...own, ...linesOf(one)];
  });
}

function textElement(section: XmlElement): Elements | undefined {
  const written = narrative(child(section, 'text'));
  if (written !== undefined) return { status: 'additional', div: written };
  const generated = narrativeOf(linesOf(section));
  return generated === undefined ? undefined : { status: 'generated', div: generated };
}

/** Two entries may state one thing (name and code of a diagnosis). */
function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((one) => [one.reference, one])).values()];
}

function readEntries(section: XmlElement, setting: SectionSetting, context: SectionContext): readonly Reference[] {
  return childrenOf(section, 'entry').flatMap((entry, at) => {
    const [element] = elementsIn(entry).filter(({ name }) => name !== 'templateId');
    if (element === undefined) return [];
    return readStatement({
      ...context,
      element,
      section: setting,
      path: `${setting.path}/entry[${at + 1}]/${element.name}`,
    });
  });
}

/** Words of all codes that stand as values below an element. */
function codedWords(element: XmlElement): readonly string[] {
  return elementsIn(element).flatMap((one) => {
    const isCoded = one.name === 'value' && !saysNothing(attribute(one, 'code'));
    return [...(isCoded ? [attribute(one, 'displayName')] : []), ...codedWords(one)];
  });
}

function readSection(section: XmlElement, path: string, context: SectionContext): readonly Elements[] {
  const code = child(section, 'code');
  const ownTitle = textOf(child(section, 'title'));
  const title = ownTitle === '' ? conceptText(code) : ownTitle;
  const coded = new Set(codedWords(section));
  const setting: SectionSetting = { code: attribute(code, 'code'), title, coded, path };
  const entry = distinct(readEntries(section, setting, context));
  const within = readSections(section, `${path}/`, context);
  const text = textElement(section);
  if (text === undefined && entry.length === 0 && within.length === 0) return [];
  return [compact({ title, code: concept(code), text, entry, section: within }) ?? {}];
}

/** Sections below an element; in some documents of WS/T 500 they stand straight below the document. */
export function readSections(element: XmlElement, path: string, context: SectionContext): readonly Elements[] {
  const components = childrenOf(element, 'component');
  const bodies = components.flatMap((one) => childrenOf(one, 'structuredBody'));
  const holders = [...components, ...bodies.flatMap((body) => childrenOf(body, 'component'))];
  const sections = holders.flatMap((holder) => childrenOf(holder, 'section'));
  return sections.flatMap((section, at) => readSection(section, `${path}section[${at + 1}]`, context));
}
