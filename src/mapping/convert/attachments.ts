import type { Cell } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { singleSpaced } from './coded.ts';
import { compact, type Converter } from './converting.ts';
import { mediaType, mediaTypeOf } from './media-types.ts';
import { encoded } from '../../fhir/uris.ts';

/** Data of an ED as base64 (ED-4: A for text, Hex, Base64); undefined where it is not what it says. */
function base64Of(data: string, encoding: string): string | undefined {
  switch (encoding) {
    case 'BASE64':
      return cleanBase64(data);
    case 'HEX':
      return hexToBase64(data);
    default:
      return Buffer.from(data, 'utf8').toString('base64');
  }
}

function hexToBase64(data: string): string | undefined {
  const digits = data.replaceAll(/\s/gu, '');
  if (digits.length % 2 === 1 || /[^\da-f]/iu.test(digits)) return undefined;
  return Buffer.from(digits, 'hex').toString('base64');
}

/** Base64 without line ends, of the usual alphabet, and padded; senders forget each of these. */
function cleanBase64(data: string): string | undefined {
  const text = data.replaceAll(/\s/gu, '').replaceAll('-', '+').replaceAll('_', '/');
  const end = text.indexOf('=');
  const body = end < 0 ? text : text.slice(0, end);
  // Looked at for what may not stand in it: a pattern of the whole would need a step back for each of millions of characters.
  const isClean = !/[^A-Za-z0-9+/]/u.test(body) && (end < 0 || !/[^=]/u.test(text.slice(end)));
  if (!isClean || body.length % 4 === 1) return undefined;
  return body.padEnd(Math.ceil(body.length / 4) * 4, '=');
}

/** ED to Attachment: base64 as sent, hex and plain text encoded again. */
export const embeddedToAttachment: Converter = (cell, to) => {
  const sent = cell.part(5);
  if (sent === '') return undefined;
  const encoding = cell.part(4).toUpperCase();
  const data = base64Of(sent, encoding);
  if (data === undefined) {
    to.invalid(cell, encoding === 'HEX' ? 'hexadecimal data' : 'base64 data');
    return undefined;
  }
  const type = cell.part(3) === '' ? cell.part(2) : '';
  const extension = type === '' ? [] : [{ url: EXTENSIONS.typeOfData.url, valueCode: singleSpaced(type) }];
  return compact({ extension, contentType: contentType(cell, data, encoding), data });
};

function contentType(cell: Cell, data: string, encoding: string): string {
  const named = mediaType(cell.part(2), cell.part(3));
  if (named !== undefined) return named;
  const found = mediaTypeOf(data);
  const isText = encoding !== 'BASE64' && encoding !== 'HEX' && found === 'application/octet-stream';
  return isText ? 'text/plain' : found;
}

/** RP to Attachment: its pointer is the URL; a space in it is written as a URL writes it. */
export const pointerToAttachment: Converter = (cell) => {
  const url = encoded(cell.part(1));
  return url === '' ? undefined : compact({ contentType: mediaType(cell.part(3), cell.part(4)), url });
};

/** RP to the URL alone. */
export const pointerToText: Converter = (cell) => encoded(cell.part(1)) || undefined;
