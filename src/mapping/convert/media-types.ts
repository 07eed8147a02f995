const SUBTYPES: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
  TIF: 'image/tiff',
  BMP: 'image/bmp',
  G3: 'image/g3fax',
  DICOM: 'application/dicom',
  HTML: 'text/html',
  SGML: 'text/sgml',
  XML: 'text/xml',
  RTF: 'text/rtf',
  TEXT: 'text/plain',
  TXT: 'text/plain',
  PLAIN: 'text/plain',
  POSTSCRIPT: 'application/postscript',
  'OCTET-STREAM': 'application/octet-stream',
  BASIC: 'audio/basic',
  'X-HL7-CDA-LEVEL-ONE': 'text/xml',
  'X-HL7-CDA-LEVEL-ONE-MULTIPART': 'multipart/related',
};

/** HL7 table 0191 (type of referenced data) to the first half of a media type; older versions use short codes. */
const FAMILIES: Readonly<Record<string, string>> = {
  IM: 'image',
  IMAGE: 'image',
  AU: 'audio',
  AUDIO: 'audio',
  VIDEO: 'video',
  TEXT: 'text',
  TX: 'text',
  FT: 'text',
  AP: 'application',
  APPLICATION: 'application',
  MULTIPART: 'multipart',
};

const TOKEN = /^[\w!#$&^.+-]+$/u;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*\S+)?$/u;

/** Media type of tables 0191 (type) and 0291 (subtype); undefined where they name none. */
export function mediaType(type: string, subtype: string): string | undefined {
  const known = SUBTYPES[subtype.toUpperCase()];
  if (known !== undefined) return known;
  if (MEDIA_TYPE.test(subtype)) return subtype.toLowerCase();
  const family = FAMILIES[type.toUpperCase()];
  if (TOKEN.test(subtype)) return `${family ?? 'application'}/${subtype.toLowerCase()}`;
  if (MEDIA_TYPE.test(type)) return type.toLowerCase();
  return subtype === '' && family === 'text' ? 'text/plain' : SUBTYPES[type.toUpperCase()];
}

/** Beginnings of files, in base64, and what they are. */
const BEGINNINGS: readonly (readonly [beginning: string, type: string])[] = [
  ['JVBER', 'application/pdf'],
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['SUkqA', 'image/tiff'],
  ['TU0AK', 'image/tiff'],
  ['e1xydG', 'text/rtf'],
  ['PD94bW', 'text/xml'],
  ['PENsaW', 'text/xml'],
  ['PGh0bW', 'text/html'],
  ['PCFET0', 'text/html'],
  ['UEsDB', 'application/zip'],
];

/** Media type by how the data begins; bytes of which nothing is known are just that (att-1: data needs a type). */
export const mediaTypeOf = (base64: string): string =>
  BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1] ?? 'application/octet-stream';
