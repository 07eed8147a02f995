import { problem } from '../core/problem.ts';
import type { Message, Segment } from '../hl7/message.ts';
import { readMessage } from '../hl7/read-message.ts';
import type { TraceEntry } from '../mapping/result.ts';
import { mapBytes, type MapOptions, type Unmapped } from './map-files.ts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** `PID-5[1].1` to the field `PID-5`; `OBX[3]-17` stays. */
const fieldOf = (address: string): string => /^\w{3}(?:\[\d+\])?-\d+/u.exec(address)?.[0] ?? address;

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;margin:1rem;color:#222}
main{display:grid;grid-template-columns:1fr 1fr;gap:1rem;align-items:start}
pre{white-space:pre-wrap;word-break:break-all;line-height:1.8;position:sticky;top:0;max-height:95vh;overflow:auto}
.read{background:#dff5e1}.lost{background:#fde2e1;text-decoration:underline dotted}.formal{color:#888}
.on{outline:2px solid #d60;background:#ffe9cc}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:2px 6px;border-bottom:1px solid #ddd}
td.value{word-break:break-all}tr[data-from]:hover{background:#fff3df}`;

const SCRIPT = `
const mark=(fields,on)=>{for(const f of fields)for(const e of document.querySelectorAll('[data-field="'+CSS.escape(f)+'"]'))e.classList.toggle('on',on)};
for(const row of document.querySelectorAll('tr[data-from]')){const from=row.dataset.from.split(' ');
row.onmouseenter=()=>mark(from,true);row.onmouseleave=()=>mark(from,false)}
for(const span of document.querySelectorAll('span[data-field]'))span.onmouseenter=()=>{
for(const row of document.querySelectorAll('tr[data-from]'))
row.classList.toggle('on',row.closest('section')===span.closest('section')&&row.dataset.from.split(' ').includes(span.dataset.field))};`;

/** Names of the segments as addresses write them: `OBX`, `OBX[2]`. */
function named(message: Message): readonly (readonly [string, Segment])[] {
  const counts = new Map<string, number>();
  return message.segments.map((segment) => {
    const number = (counts.get(segment.name) ?? 0) + 1;
    counts.set(segment.name, number);
    return [number === 1 ? segment.name : `${segment.name}[${number}]`, segment];
  });
}

interface Ends {
  readonly read: ReadonlySet<string>;
  /** By field: why not all of it ended in an element. */
  readonly lost: ReadonlyMap<string, string>;
}

function fieldSpan(name: string, raw: string, { read, lost }: Ends): string {
  const reason = lost.get(name);
  const kind = reason !== undefined ? 'lost' : read.has(name) ? 'read' : 'formal';
  const title = reason === undefined ? name : `${name}: ${reason}`;
  return `<span class="${kind}" data-field="${name}" title="${escape(title)}">${escape(raw)}</span>`;
}

function segmentLine(name: string, segment: Segment, field: string, ends: Ends): string {
  const isHeader = segment.name === 'MSH';
  const spans: string[] = [];
  for (let n = isHeader ? 2 : 1; n <= segment.fieldCount; n += 1) {
    const raw = segment.field(n);
    spans.push(raw === '' ? '' : fieldSpan(`${name}-${n}`, raw, ends));
  }
  return [`<b>${segment.name}</b>`, ...spans].join(escape(field));
}

function traceRow({ leaf, rule, addresses }: TraceEntry): string {
  const from = [...new Set(addresses.map(fieldOf))].join(' ');
  const element = leaf.replace(/\/[0-9a-f-]{36}/u, '');
  const cells = [element, addresses.join(', '), rule].map((text) => `<td>${escape(text)}</td>`).join('');
  return `<tr data-from="${escape(from)}">${cells}</tr>`;
}

function section(given: Unmapped, options: MapOptions): string {
  const { file, index, count } = given;
  const title = count === 1 ? file : `${file}, message ${index} of ${count}`;
  const read = readMessage(given.bytes, options.charset === undefined ? {} : { channelDefault: options.charset });
  const mapped = mapBytes(given, { ...options, trace: true });
  if (!read.ok || mapped.result === undefined) {
    const found = mapped.problem ?? problem('operation.file', 'The message cannot be read.');
    return `<section><h2>${escape(title)}</h2><p>${escape(found.message)}</p></section>`;
  }
  const { trace = [], unmapped, warnings } = mapped.result;
  const ends: Ends = {
    read: new Set(trace.flatMap(({ addresses }) => addresses.map(fieldOf))),
    lost: new Map(unmapped.map(({ address, reason }) => [fieldOf(address), `${address} ${reason}`])),
  };
  const lines = named(read.value).map(([name, one]) => segmentLine(name, one, read.value.separators.field, ends));
  const lost = unmapped.map(({ address, reason }) => {
    return `<tr data-from="${fieldOf(address)}"><td>${escape(address)}</td><td colspan="2">${reason}</td></tr>`;
  });
  const told = warnings.map(({ code, at, message }) => `<li>${escape(`${at?.path ?? ''} ${message} [${code}]`)}</li>`);
  return [
    `<section><h2>${escape(title)}</h2><main><pre>${lines.join('\n')}</pre><div>`,
    `<table><tr><th>element</th><th>from</th><th>rule</th></tr>${trace.map(traceRow).join('\n')}</table>`,
    lost.length === 0 ? '<p>Every populated field ended in an element.</p>' : '<h3>In no element</h3>',
    `<table>${lost.join('\n')}</table>`,
    told.length === 0 ? '' : `<h3>Warnings</h3><ul>${told.join('\n')}</ul>`,
    '</div></main></section>',
  ].join('\n');
}

/** One page, complete in itself, that shows for each message where its fields end and where its elements come from. */
export function explainPage(messages: readonly Unmapped[], options: MapOptions): string {
  const sections = messages.map((one) => section(one, options));
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Jingluo: explain</title>',
    `<style>${STYLE}</style><body>`,
    '<p><span class="read">read into an element</span> <span class="lost">not all of it in an element</span>',
    '<span class="formal">no data of a resource</span>; point at a row or a field to see what belongs together.</p>',
    ...sections,
    `<script>${SCRIPT}</script></body></html>`,
    '',
  ].join('\n');
}
