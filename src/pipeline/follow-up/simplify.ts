import { Converter } from 'opencc-js/t2cn';

/** Traditional to simplified characters. */
export const simplify: (text: string) => string = Converter({ from: 't', to: 'cn' });
