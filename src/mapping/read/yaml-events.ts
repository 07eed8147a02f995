import {
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
  type ScalarEvent,
} from 'js-yaml';
import type { Place } from '../../core/problem.ts';
import type { Entry, Node, ScalarNode } from '../source/node.ts';

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE: ReadonlySet<string> = new Set(['true', 'True', 'TRUE']);
const FALSE: ReadonlySet<string> = new Set(['false', 'False', 'FALSE']);

/** Stands for what the thorough reader must look at: then the whole file is its matter. */
const UNUSUAL: ScalarNode = { kind: 'scalar', at: {}, value: null, indent: 0 };

/** Reads events from the first to the last; places are found on the way, since offsets only grow. */
class Reader {
  readonly #file: string;
  readonly #text: string;
  readonly #events: readonly Event[];
  #isUsual = true;
  #next = 0;
  #line = 1;
  /** Offset of the first character of the line. */
  #lineStart = 0;
  /** Offset of the line break behind it. */
  #lineEnd: number;

  constructor(file: string, text: string, events: readonly Event[]) {
    this.#file = file;
    this.#text = text;
    this.#events = events;
    this.#lineEnd = this.#breakFrom(0);
  }

  /** The only document of the file; undefined where it holds anything unusual. */
  document(): Node | undefined {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return undefined;
    const node = this.#node(this.#take());
    const isWhole = this.#take()?.type === EVENT_ID.POP && this.#take() === undefined;
    return this.#isUsual && isWhole ? node : undefined;
  }

  #unusual(): ScalarNode {
    this.#isUsual = false;
    return UNUSUAL;
  }

  #take(): Event | undefined {
    return this.#events[this.#next++];
  }

  #breakFrom(offset: number): number {
    const found = this.#text.indexOf('\n', offset);
    return found === -1 ? this.#text.length : found;
  }

  #at(offset: number): Place {
    while (offset > this.#lineEnd) {
      this.#line += 1;
      this.#lineStart = this.#lineEnd + 1;
      this.#lineEnd = this.#breakFrom(this.#lineStart);
    }
    return { file: this.#file, line: this.#line, column: offset - this.#lineStart + 1 };
  }

  #node(event: Event | undefined): Node {
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return isDecorated(event) ? this.#unusual() : this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        if (isDecorated(event)) this.#unusual();
        return { kind: 'list', at: this.#at(event.start), items: this.#items() };
      case EVENT_ID.MAPPING:
        if (isDecorated(event)) this.#unusual();
        return { kind: 'map', at: this.#at(event.start), entries: this.#entries() };
      default:
        return this.#unusual();
    }
  }

  #scalar(event: ScalarEvent): ScalarNode {
    const { style, valueStart } = event;
    const value = getScalarValue(this.#text, event);
    const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    if (quoted) return { kind: 'scalar', at: this.#at(valueStart - 1), value, indent: 1 };
    if (style !== SCALAR_STYLE.PLAIN || valueStart === -1) return this.#unusual();
    return { kind: 'scalar', at: this.#at(valueStart), value: plainValue(value), indent: 0 };
  }

  #items(): readonly Node[] {
    const items: Node[] = [];
    for (let event = this.#take(); event !== undefined && event.type !== EVENT_ID.POP; event = this.#take()) {
      items.push(this.#node(event));
    }
    return items;
  }

  #entries(): readonly Entry[] {
    const entries: Entry[] = [];
    const keys = new Set<string>();
    for (let event = this.#take(); event !== undefined && event.type !== EVENT_ID.POP; event = this.#take()) {
      const node = this.#node(event);
      const key = node.kind === 'scalar' ? node : this.#unusual();
      const name = String(key.value);
      if (keys.has(name) || name === '<<') this.#unusual();
      keys.add(name);
      entries.push({ key: name, at: key.at, value: this.#node(this.#take()) });
    }
    return entries;
  }
}

const isDecorated = ({ anchorStart, tagStart }: { anchorStart: number; tagStart: number }): boolean =>
  anchorStart !== -1 || tagStart !== -1;

/** Numbers keep their digits: tables of codes have leading zeros. */
function plainValue(text: string): string | boolean | null {
  if (NULLS.has(text)) return null;
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : text;
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, {});
  } catch (fault) {
    if (fault instanceof YAMLException) return [];
    throw fault;
  }
}

/**
 * Reads a YAML file into nodes with places, several times faster than a reader that keeps everything. Undefined where
 * the file has a fault or uses anchors, tags, block texts, empty values or several documents: those are for the thorough reader.
 */
export function readPlainYaml(file: string, text: string): Node | undefined {
  return new Reader(file, text, eventsOf(text)).document();
}
