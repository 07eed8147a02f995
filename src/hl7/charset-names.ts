/** What a name in MSH-18 stands for: a WHATWG encoding label, or a set of table 0211 that the runtime cannot decode. */
export type CharsetName = { readonly label: string } | { readonly unsupported: string };

/** Every name that is understood, without case, blanks and punctuation: HL7 table 0211 and the spellings met in hospitals. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  'us-ascii': ['ASCII', 'USASCII', 'ISOIR6', 'ISO646', 'ANSIX341968', '7BIT'],
  'utf-8': ['UNICODEUTF8', 'UTF8', 'UNICODE', 'UTF', 'CP65001', 'UNICODE8', 'ISO10646', 'UTF8UNICODE', 'UTF8BOM'],
  'utf-16le': ['UNICODEUTF16', 'UTF16', 'UTF16LE', 'UNICODEUTF16LE'],
  'utf-16be': ['UTF16BE', 'UNICODEUTF16BE'],
  gb18030: ['GB18030', 'GB180302000', 'GB180302005', 'GB180302022', 'GBT180302000', 'GBT18030', 'CP54936'],
  gbk: [
    'GBK',
    'GB2312',
    'GB23121980',
    'GB231280',
    'CP936',
    'MS936',
    'WINDOWS936',
    'EUCCN',
    'XGBK',
    'CN',
    'GB',
    'CHINESE',
  ],
  big5: ['BIG5', 'BIG52003', 'BIGFIVE', 'CP950', 'MS950', 'BIG5HKSCS'],
  'euc-kr': ['KSX1001', 'KSC5601', 'KSC56011987', 'EUCKR', 'CP949', 'KSX10011992', 'UHC'],
  shift_jis: ['ISOIR14', 'JISX0201', 'JISX02011976', 'SHIFTJIS', 'SJIS', 'MS932', 'CP932', 'WINDOWS31J'],
  'iso-2022-jp': ['JISX0202', 'ISO2022JP', 'ISO20221994'],
  'euc-jp': ['EUCJP'],
  'windows-1250': ['WINDOWS1250', 'CP1250'],
  'windows-1251': ['WINDOWS1251', 'CP1251'],
  'windows-1252': ['WINDOWS1252', 'CP1252', 'ANSI', 'WINDOWSANSI'],
  'windows-874': ['TIS620', 'WINDOWS874', 'CP874', '885911', 'ISO885911'],
};

/** Parts 1 to 15 of ISO 8859; 9 is decoded as its superset windows-1254, 11 (Thai) stands above, 12 does not exist. */
const LATIN_PARTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15];

/** Sets of table 0211 for which the runtime has no decoder. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  ISOIR87: 'ISO IR87',
  JISX0208: 'ISO IR87',
  JISX02081990: 'ISO IR87',
  ISOIR159: 'ISO IR159',
  JISX0212: 'ISO IR159',
  JISX02121990: 'ISO IR159',
  CNS116431992: 'CNS 11643-1992',
  CNS11643: 'CNS 11643-1992',
  UNICODEUTF32: 'UNICODE UTF-32',
  UTF32: 'UNICODE UTF-32',
  JAS2020: 'JAS2020',
  ISO885916: 'ISO 8859/16',
  885916: 'ISO 8859/16',
};

const NAMES = buildNames();

function buildNames(): ReadonlyMap<string, CharsetName> {
  const names = new Map<string, CharsetName>();
  for (const [label, spellings] of Object.entries(LABELS)) {
    for (const spelling of spellings) names.set(spelling, { label });
  }
  for (const part of LATIN_PARTS) {
    const name = { label: `iso-8859-${part}` };
    for (const spelling of [`8859${part}`, `ISO8859${part}`, `ISOIEC8859${part}`]) names.set(spelling, name);
  }
  for (const spelling of ['LATIN1', 'ISOIR100', 'L1']) names.set(spelling, { label: 'iso-8859-1' });
  for (const [spelling, unsupported] of Object.entries(UNSUPPORTED)) names.set(spelling, { unsupported });
  return names;
}

/**
 * Looks a name of HL7 table 0211 (or a usual misspelling, or a WHATWG label) up; `undefined` where it is none.
 * Case, blanks and punctuation do not matter.
 */
export function charsetNamed(name: string): CharsetName | undefined {
  return NAMES.get(name.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}
