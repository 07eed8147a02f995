import { Converter } from 'opencc-js/t2cn';

/** Traditional to simplified characters. */
// The package's own types import without file endings, which NodeNext does not resolve.
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
export const simplify: (text: string) => string = Converter({ from: 't', to: 'cn' });
