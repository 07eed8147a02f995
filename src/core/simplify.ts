import { Converter } from 'opencc-js/t2cn';

// The package's own types import without file endings, which NodeNext does not resolve.
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
const convert: (text: string) => string = Converter({ from: 't', to: 'cn' });

/** Traditional to simplified Chinese characters, phrase by phrase. */
export function simplify(text: string): string {
  return convert(text);
}
