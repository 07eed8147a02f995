import sax from 'sax';

import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

/** An XML element without its prefixes: CDA documents write the same names with and without them. */
export interface XmlElement {
  readonly name: string;
  /** By name without prefix: `type` for `xsi:type`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and texts in their order. */
  readonly content: readonly (XmlElement | string)[];
}

type Building = Omit<XmlElement, 'content'> & { readonly content: (XmlElement | string)[] };

/** Deeper or larger documents are no clinical documents; they would only hold up others. */
const MOST_DEEP = 200;
const MOST_ELEMENTS = 300_000;

/** The five entities of XML itself and no others. */
const OPTIONS: sax.SAXOptions & { readonly strictEntities: boolean } = { strictEntities: true, position: true };

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** What is known while a document is read. */
class Tree {
  readonly #open: Building[] = [];
  #count = 0;
  root: XmlElement | undefined;
  fault: string | undefined;

  begin({ name, attributes }: sax.Tag): void {
    this.#count += 1;
    if (this.#open.length >= MOST_DEEP || this.#count > MOST_ELEMENTS) this.fault ??= 'it has too many elements';
    if (this.fault !== undefined) return;
    const named = Object.entries(attributes).map(([key, value]) => [localName(key), value.trim()] as const);
    const element: Building = { name: localName(name), attributes: Object.fromEntries(named), content: [] };
    this.#open.at(-1)?.content.push(element);
    this.root ??= element;
    this.#open.push(element);
  }

  end(): void {
    if (this.fault === undefined) this.#open.pop();
  }

  text(text: string): void {
    if (this.fault === undefined) this.#open.at(-1)?.content.push(text);
  }
}

/**
 * Reads an XML document; a document type is refused, so no entity of its own can be declared, and nothing outside of the
 * text is ever looked at. Fails with `cda.not-xml`.
 */
export function parseXml(text: string): Result<XmlElement, Problem> {
  const parser = sax.parser(true, OPTIONS);
  const tree = new Tree();
  parser.onopentag = (tag) => {
    // Without namespaces asked for, attributes are plain texts.
    tree.begin(tag as sax.Tag);
  };
  parser.onclosetag = () => {
    tree.end();
  };
  const onText = (found: string): void => {
    tree.text(found);
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  parser.ondoctype = () => {
    tree.fault ??= 'it declares a document type';
  };
  parser.onerror = () => {
    tree.fault ??= `it is not well-formed at line ${parser.line + 1}`;
    parser.resume();
  };
  parser.write(text).close();
  if (tree.fault === undefined && tree.root !== undefined) return ok(tree.root);
  return err(problem('cda.not-xml', `The document cannot be read: ${tree.fault ?? 'it is empty'}.`));
}

/** Elements of a name directly below an element. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return elementsIn(element).filter((child) => child.name === name);
}

/** All elements directly below an element. */
export function elementsIn(element: XmlElement | undefined): readonly XmlElement[] {
  return (element?.content ?? []).flatMap((part) => (typeof part === 'string' ? [] : [part]));
}

/** The first element at the end of a path of names: `child(document, 'recordTarget', 'patientRole')`. */
export function child(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let at = element;
  for (const name of names) at = elementsIn(at).find((one) => one.name === name);
  return at;
}

/** An attribute; `''` where it is absent. */
export function attribute(element: XmlElement | undefined, name: string): string {
  return element?.attributes[name] ?? '';
}

/** All text below an element, white space folded. */
export function textOf(element: XmlElement | undefined): string {
  return rawText(element).replaceAll(/\s+/gu, ' ').trim();
}

function rawText(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  return element.content.map((part) => (typeof part === 'string' ? part : rawText(part))).join('');
}
