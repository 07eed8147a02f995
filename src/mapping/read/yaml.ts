import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Schema, type Document } from 'yaml';
import { problem, type Place, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Entry, Node } from '../source/node.ts';
import { readPlainYaml } from './yaml-events.ts';

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document.Parsed;
}

function placeAt(reading: Reading, offset: number | undefined): Place {
  if (offset === undefined) return { file: reading.file };
  const { line, col } = reading.lines.linePos(offset);
  return { file: reading.file, line, column: col };
}

function offsetOf(node: unknown): number | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return undefined;
  return node.range?.[0];
}

function toScalar(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function toNode(source: unknown, reading: Reading): Node {
  const node = isAlias(source) ? source.resolve(reading.document) : source;
  const at = placeAt(reading, offsetOf(node));
  if (isMap(node)) {
    const entries = node.items.map((pair): Entry => {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      return { key, at: placeAt(reading, offsetOf(pair.key)), value: toNode(pair.value, reading) };
    });
    return { kind: 'map', at, entries };
  }
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => toNode(item, reading)) };
  if (isScalar(node)) {
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
    // A number keeps its digits: tables of codes have leading zeros.
    const value = typeof node.value === 'number' && node.source !== undefined ? node.source : toScalar(node.value);
    return { kind: 'scalar', at, value, indent: quoted ? 1 : 0 };
  }
  return { kind: 'scalar', at, value: null, indent: 0 };
}

/** One for all files: making it takes longer than reading a small file. */
const CORE = new Schema({ schema: 'core' });

/** Reads a YAML file into nodes with places; every syntax fault at once. */
export function readYaml(file: string, text: string): Result<Node, readonly Problem[]> {
  const plain = readPlainYaml(file, text);
  return plain === undefined ? readAnyYaml(file, text) : ok(plain);
}

/** Reads what a YAML file may hold: anchors, block texts; and finds the place of each syntax fault. */
export function readAnyYaml(file: string, text: string): Result<Node, readonly Problem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: CORE });
  const reading = { file, lines, document };
  if (document.errors.length > 0) {
    return err(
      document.errors.map((fault) => problem('mapping.syntax', fault.message, placeAt(reading, fault.pos[0]))),
    );
  }
  return ok(toNode(document.contents, reading));
}
