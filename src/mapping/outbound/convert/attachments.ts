import { EXTENSIONS } from '../../types/extensions.ts';
import { fieldsOf, orNothing, textOf, type Converter } from './converter.ts';
import { extensionText } from './extensions.ts';

/** Data subtypes of HL7 table 0291 by media type; others are written as `type/subtype`. */
const SUBTYPES: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/dicom': 'DICOM',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/gif': 'GIF',
  'image/tiff': 'TIFF',
  'text/html': 'HTML',
  'text/xml': 'XML',
  'text/rtf': 'RTF',
  'text/plain': 'PLAIN',
};
/** HL7 table 0191. */
const KINDS: Readonly<Record<string, string>> = { application: 'AP', image: 'IM', audio: 'AU', text: 'TEXT' };

function mediaParts(contentType: string): readonly [kind: string, subtype: string] {
  const plain = contentType.split(';')[0]?.trim() ?? '';
  const family = plain.split('/')[0] ?? '';
  return [KINDS[family] ?? (plain === '' ? '' : 'AP'), SUBTYPES[plain] ?? plain];
}

const CHILDREN = ['contentType', 'data', 'url', 'extension'];

/** ED-2: what was sent, else what the media type says. */
const typeOfData = (attachment: unknown, kind: string): string =>
  extensionText(attachment, EXTENSIONS.typeOfData.url) || kind;

/** Attachment with data to ED, base64. */
export const toEd: Converter = {
  children: CHILDREN,
  write: ({ value }) => {
    const { contentType, data } = fieldsOf(value);
    const [kind, subtype] = mediaParts(textOf(contentType));
    return textOf(data) === '' ? undefined : ['', typeOfData(value, kind), subtype, 'Base64', textOf(data)];
  },
};

/** Attachment with a URL to RP. */
export const toRp: Converter = {
  children: CHILDREN,
  write: ({ value }) => {
    const { contentType, url } = fieldsOf(value);
    const [kind, subtype] = mediaParts(textOf(contentType));
    return textOf(url) === '' ? undefined : [textOf(url), '', typeOfData(value, kind), subtype];
  },
};

/** True for an Attachment that holds plain text. */
export function isPlainText(value: unknown): boolean {
  const { contentType, data } = fieldsOf(value);
  return textOf(contentType).startsWith('text/plain') && textOf(data) !== '';
}

/** Attachment of plain text to that text. */
export const attachedText: Converter = {
  children: CHILDREN,
  write: ({ value }) =>
    isPlainText(value) ? orNothing(Buffer.from(textOf(fieldsOf(value)['data']), 'base64').toString('utf8')) : undefined,
};
