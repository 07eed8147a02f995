/** The nth part (from 1) of a text between separators; `''` where there is none. An empty separator separates nothing. */
export function nthPart(text: string, separator: string, n: number): string {
  let start = 0;
  if (separator === '') return n === 1 ? text : '';
  for (let i = 1; i < n; i += 1) {
    const at = text.indexOf(separator, start);
    if (at < 0) return '';
    start = at + 1;
  }
  const end = text.indexOf(separator, start);
  return end < 0 ? (start === 0 ? text : text.slice(start)) : text.slice(start, end);
}

/** All parts of a text between separators; an empty text has none. */
export function allParts(text: string, separator: string): readonly string[] {
  if (text === '') return [];
  // By hand: `split` costs twice as much for the few parts that a value has.
  let at = separator === '' ? -1 : text.indexOf(separator);
  const parts = [at < 0 ? text : text.slice(0, at)];
  while (at >= 0) {
    const start = at + 1;
    at = text.indexOf(separator, start);
    parts.push(at < 0 ? text.slice(start) : text.slice(start, at));
  }
  return parts;
}
