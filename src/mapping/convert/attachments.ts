import { compact, type Converter } from './converting.ts';

const SUBTYPES: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
  DICOM: 'application/dicom',
  HTML: 'text/html',
  XML: 'text/xml',
  RTF: 'text/rtf',
  PLAIN: 'text/plain',
  'X-HL7-CDA-LEVEL-ONE': 'text/xml',
};

function mediaType(type: string, subtype: string): string | undefined {
  const known = SUBTYPES[subtype.toUpperCase()];
  if (known !== undefined) return known;
  if (subtype.includes('/')) return subtype;
  const family = { IM: 'image', AU: 'audio', TEXT: 'text', TX: 'text', AP: 'application' }[type.toUpperCase()];
  if (subtype === '') return family === 'text' ? 'text/plain' : undefined;
  return `${family ?? 'application'}/${subtype.toLowerCase()}`;
}

/** ED to Attachment: base64 as sent, hex and plain text encoded again. */
export const embeddedToAttachment: Converter = (cell, to) => {
  const data = cell.part(5);
  if (data === '') return undefined;
  const encoding = cell.part(4).toUpperCase();
  const contentType = mediaType(cell.part(2), cell.part(3));
  if (encoding === 'BASE64') {
    const clean = data.replaceAll(/\s/gu, '');
    if (isBase64(clean)) return compact({ contentType, data: clean });
    to.invalid(cell, 'base64 data');
    return undefined;
  }
  const bytes = encoding === 'HEX' ? Buffer.from(data, 'hex') : Buffer.from(data, 'utf8');
  return compact({ contentType, data: bytes.toString('base64') });
};

/** Looked at for what may not stand in it: a pattern of the whole would need a step back for each of millions of characters. */
function isBase64(text: string): boolean {
  const end = text.indexOf('=');
  const padding = end < 0 ? '' : text.slice(end);
  return padding.length <= 2 && !/[^=]/u.test(padding) && !/[^A-Za-z0-9+/=]/u.test(text);
}

/** RP to Attachment: its pointer is the URL, below its application's where it is relative. */
export const pointerToAttachment: Converter = (cell) => {
  const url = cell.part(1);
  return url === '' ? undefined : compact({ contentType: mediaType(cell.part(3), cell.part(4)), url });
};

/** RP to the URL alone. */
export const pointerToText: Converter = (cell) => cell.part(1) || undefined;
