import type { XmlElement } from './xml.ts';

/** Elements of CDA's narrative (NarrativeBlock) by those of XHTML that R4 allows in a narrative. */
const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  content: 'span',
  item: 'li',
  sub: 'sub',
  sup: 'sup',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
  footnote: 'span',
};
const SPANS = ['colspan', 'rowspan'];

/** A text as it stands in XHTML. */
const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const inside = (element: XmlElement): string =>
  element.content.map((part) => (typeof part === 'string' ? escapeXml(part) : convert(part))).join('');

function link(element: XmlElement): string {
  const { href = '' } = element.attributes;
  const within = inside(element);
  return /^(?:https?:\/\/|#)/u.test(href) ? `<a href="${escapeXml(href)}">${within}</a>` : within;
}

function list(element: XmlElement): string {
  const tag = element.attributes['listType'] === 'ordered' ? 'ol' : 'ul';
  const captions = element.content.filter((part) => typeof part !== 'string' && part.name === 'caption');
  const items = element.content.filter((part) => typeof part !== 'string' && part.name === 'item');
  const title = captions.map((part) => (typeof part === 'string' ? '' : `<p><b>${inside(part)}</b></p>`)).join('');
  const lines = items.map((part) => (typeof part === 'string' ? '' : convert(part))).join('');
  return lines === '' ? title : `${title}<${tag}>${lines}</${tag}>`;
}

function convert(element: XmlElement): string {
  if (element.name === 'br') return '<br/>';
  if (element.name === 'list') return list(element);
  if (element.name === 'linkHtml') return link(element);
  if (element.name === 'caption') return `<b>${inside(element)}</b>`;
  const tag = TAGS[element.name];
  if (tag === undefined) return inside(element);
  const spans = SPANS.flatMap((name) => {
    const value = element.attributes[name] ?? '';
    return /^\d{1,3}$/u.test(value) ? [` ${name}="${value}"`] : [];
  });
  return `<${tag}${spans.join('')}>${inside(element)}</${tag}>`;
}

const div = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

/** `section/text` as XHTML (R4 narrative.html); undefined where it says nothing. */
export function narrative(text: XmlElement | undefined): string | undefined {
  if (text === undefined) return undefined;
  const inner = inside(text).trim();
  return inner.replaceAll(/<[^>]*>/gu, '').trim() === '' ? undefined : div(inner);
}

/** Lines of a section that has no text of its own, out of its entries. */
export function narrativeOf(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : div(lines.map((line) => `<p>${escapeXml(line)}</p>`).join(''));
}
