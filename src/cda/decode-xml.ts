import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

const DECLARED = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/u;
/** GB 2312 and GBK are subsets of GB 18030. */
const GB = /^(?:gb2312|gbk|gb_2312-80|gb18030|cp936|x-gbk)$/iu;

function decode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    // TextDecoder says with one kind of exception that it knows no such name, with another that the bytes are not it.
    return undefined;
  }
}

/** UTF-16 is known by its byte order mark alone. */
function markedEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/**
 * Text of an XML document: by its byte order mark, else by the encoding that it declares, else UTF-8; where the bytes are
 * not that, GB 18030 is tried, since many editors save it under a declaration of UTF-8. Fails with `cda.charset`.
 */
export function decodeXml(bytes: Uint8Array): Result<string, Problem> {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).replace(/^ï»¿/u, '');
  const declared = DECLARED.exec(head)?.[1] ?? 'utf-8';
  const encoding = markedEncoding(bytes) ?? (GB.test(declared) ? 'gb18030' : declared);
  const text = decode(bytes, encoding) ?? decode(bytes, 'utf-8') ?? decode(bytes, 'gb18030');
  if (text !== undefined) return ok(text);
  return err(
    problem(
      'cda.charset',
      'The document is written neither in the character set it declares nor in UTF-8 or GB 18030.',
    ),
  );
}
