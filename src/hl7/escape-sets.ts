import { decodeStrictly } from './decode.ts';

/** Multi-byte sets that `\Mxxyyzz\` selects (ISO 2022 escape sequences, HL7 v2.8.2 chapter 2.7.3) and who decodes them. */
const MULTI_BYTE: Readonly<Record<string, string>> = {
  '2440': 'euc-jp',
  '2442': 'euc-jp',
  '2441': 'gbk',
  '242841': 'gbk',
  '242843': 'euc-kr',
};

/** Single-byte sets that `\Cxxyy\` selects and that read like ASCII in the lower half. */
const SINGLE_BYTE = new Set(['2842', '284A', '2D41', '2D42', '2D43', '2D44', '2D46', '2D47', '2D48', '2D4C', '2D4D']);

/** How to read the text that follows a character set escape. */
export type SetReader = (text: string) => string;

const asIs: SetReader = (text) => text;

/**
 * Reader for the text after `\Cxxyy\` or `\Mxxyyzz\`; `undefined` for sets that are not known (the escape then stays as text).
 * @param body what stands between the escape characters, for example `M2441`
 */
export function setReader(body: string): SetReader | undefined {
  const sequence = body.slice(1).toUpperCase();
  if (body.startsWith('C')) return SINGLE_BYTE.has(sequence) ? asIs : undefined;
  const label = MULTI_BYTE[sequence.replace(/^(24..)00$/, '$1')];
  return label === undefined ? undefined : (text) => decodeSevenBit(text, label);
}

/** Seven-bit code pairs are the eight-bit ones of the EUC form without their top bit; other characters stay. */
function decodeSevenBit(text: string, label: string): string {
  return text.replace(/[\x21-\x7e]+/g, (run) => {
    const bytes = Buffer.from(run, 'latin1');
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (bytes[i] ?? 0) | 0x80;
    return decodeStrictly(bytes, label) ?? run;
  });
}
