/** Hard cap of a patient document in bytes of JSON. */
const CAP = 256 * 1024;

/** A document with fewer entries than this cannot reach the cap: its texts are clipped. */
const HARMLESS = 30;

/** Parts that may be shortened, in the order in which a reader misses them least. */
const SHORTENED = ['reports', 'measures', 'visits', 'imaging', 'procedures', 'medications', 'conditions', 'allergies'];

/**
 * The document within the cap: lists are halved, the longest first, until it fits; `n` beside them stays exact.
 * `shortened` then says so, and the next change builds the document from its resources.
 */
export function fitDocument(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let fitted = document;
  while (entriesOf(fitted) > HARMLESS && Buffer.byteLength(JSON.stringify(fitted), 'utf8') > CAP) {
    const name = longest(fitted);
    if (name === undefined) return fitted;
    const section = sectionOf(fitted, name);
    const list = section.list.slice(0, Math.floor(section.list.length / 2));
    fitted = { ...fitted, [name]: { ...section, list }, shortened: true };
  }
  return fitted;
}

function longest(document: Readonly<Record<string, unknown>>): string | undefined {
  const sizes = SHORTENED.map((name) => ({ name, size: sectionOf(document, name).list.length }));
  const [first] = sizes.toSorted((a, b) => b.size - a.size);
  return first === undefined || first.size === 0 ? undefined : first.name;
}

function entriesOf(document: Readonly<Record<string, unknown>>): number {
  return SHORTENED.reduce((sum, name) => sum + sectionOf(document, name).list.length, 0);
}

function sectionOf(document: Readonly<Record<string, unknown>>, name: string): { readonly list: readonly unknown[] } {
  const section = document[name];
  if (typeof section !== 'object' || section === null || !('list' in section)) return { list: [] };
  return Array.isArray(section.list) ? { ...section, list: section.list } : { list: [] };
}
