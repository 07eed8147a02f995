import type { Call, Compiled, MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { cellsOf, isNull, Made, textOf, type Item } from '../run/cell.ts';
import { literalArgument } from './arguments.ts';

function shown(items: readonly Item[]): readonly Made[] {
  return items.filter((item): item is Made => item instanceof Made && typeof item.value === 'string');
}

/** `join(SEPARATOR)`. */
const join: MappingFunction = {
  name: 'join',
  usage: 'join(SEPARATOR)',
  summary: 'All values as one text.',
  examples: [
    { hl7: 'PID|||||A^B~C^D', element: 'Patient.language', rule: "PID-5 | join('/')", value: 'B A/D C' },
    { hl7: 'PID|', element: 'Patient.language', rule: "PID-5 | join('/')", value: undefined },
  ],
  bind(call): Compiled {
    const separator = (literalArgument(call.args, 0) ?? ' ').replaceAll('\\n', '\n');
    const input = call.converted(['string']);
    return {
      types: ['text'],
      many: false,
      needs: input.needs,
      evaluate: (env) => {
        const items = input.evaluate(env);
        const texts = shown(items);
        if (texts.length === 0) return items.filter(isNull);
        return [
          new Made(
            'text',
            texts.map(textOf).join(separator),
            texts.flatMap((text) => text.cells),
          ),
        ];
      },
    };
  },
};

/** `text`. */
const text: MappingFunction = {
  name: 'text',
  usage: 'text',
  summary: 'The value as a person would read it.',
  examples: [
    { hl7: 'PID|||||张^伟', element: 'Patient.language', rule: 'PID-5[1] | text', value: '张伟' },
    { hl7: 'OBX|1|CWE|C^Text', element: 'Patient.language', rule: 'OBX-3 | first | text', value: 'Text' },
  ],
  bind(call) {
    const input = call.converted(['string']);
    return {
      types: ['text'],
      many: input.many,
      needs: input.needs,
      evaluate: (env) =>
        mapItems(
          input.evaluate(env),
          (item) => (item instanceof Made ? new Made('text', item.value, item.cells) : undefined),
          env.run,
        ),
    };
  },
};

function changed(call: Call, change: (value: string) => string): Compiled {
  const input = call.input();
  return {
    types: ['text'],
    many: input.many,
    needs: input.needs,
    evaluate: (env) =>
      mapItems(
        input.evaluate(env),
        (item) => {
          const value = change(textOf(item));
          return value === '' ? undefined : new Made('text', value, cellsOf(item));
        },
        env.run,
      ),
  };
}

const lower: MappingFunction = {
  name: 'lower',
  usage: 'lower',
  summary: 'Small letters.',
  examples: [
    { hl7: 'PID|||||||||||||||EN', element: 'Patient.language', rule: 'PID-15 | lower', value: 'en' },
    { hl7: 'PID|', element: 'Patient.language', rule: 'PID-15 | lower', value: undefined },
  ],
  bind: (call) => changed(call, (value) => value.toLowerCase()),
};

const upper: MappingFunction = {
  name: 'upper',
  usage: 'upper',
  summary: 'Capital letters.',
  examples: [
    { hl7: 'PID|||||||||||||||en', element: 'Patient.language', rule: 'PID-15 | upper', value: 'EN' },
    { hl7: 'PID|', element: 'Patient.language', rule: 'PID-15 | upper', value: undefined },
  ],
  bind: (call) => changed(call, (value) => value.toUpperCase()),
};

const prefix: MappingFunction = {
  name: 'prefix',
  usage: 'prefix(TEXT)',
  summary: 'The value with a text before it.',
  examples: [
    { hl7: 'ZDS|1.2.3', element: 'Patient.language', rule: 'ZDS-1.1 | prefix(urn:oid:)', value: 'urn:oid:1.2.3' },
    { hl7: 'ZDS|', element: 'Patient.language', rule: 'ZDS-1.1 | prefix(urn:oid:)', value: undefined },
  ],
  bind(call) {
    const before = literalArgument(call.args, 0) ?? '';
    return changed(call, (value) => (value === '' ? '' : before + value));
  },
};

const split: MappingFunction = {
  name: 'split',
  usage: 'split(SEPARATOR, N)',
  summary: 'The N-th piece of a text, from 1.',
  examples: [
    { hl7: 'PID|||||||||||||||zh-CN', element: 'Patient.language', rule: "PID-15 | split('-', 1)", value: 'zh' },
    { hl7: 'PID|||||||||||||||zh', element: 'Patient.language', rule: "PID-15 | split('-', 2)", value: undefined },
  ],
  bind(call) {
    const separator = literalArgument(call.args, 0);
    const n = Number(literalArgument(call.args, 1) ?? '1');
    if (separator === undefined || !Number.isInteger(n) || n < 1) {
      return call.fail('mapping.bad-argument', 'the arguments are a separator and a number from 1');
    }
    return changed(call, (value) => value.split(separator)[n - 1]?.trim() ?? '');
  },
};

function picked(call: Call, at: number): Compiled {
  const input = call.input();
  return {
    ...input,
    many: false,
    evaluate: (env) => {
      const item = input.evaluate(env).at(at);
      return item === undefined ? [] : [item];
    },
  };
}

const first: MappingFunction = {
  name: 'first',
  usage: 'first',
  summary: 'The first of several values.',
  examples: [
    { hl7: 'PID|||||||||||||||', element: 'Patient.language', rule: 'PID-11 | first | text', value: undefined },
    { hl7: 'PID|||||A~B', element: 'Patient.language', rule: 'PID-5 | first | text', value: 'A' },
  ],
  bind: (call) => picked(call, 0),
};

const last: MappingFunction = {
  name: 'last',
  usage: 'last',
  summary: 'The last of several values.',
  examples: [
    { hl7: 'PID|||||A~B', element: 'Patient.language', rule: 'PID-5 | last | text', value: 'B' },
    { hl7: 'PID|||||A', element: 'Patient.language', rule: 'PID-5 | last | text', value: 'A' },
  ],
  bind: (call) => picked(call, -1),
};

/** Functions over text and lists. */
export const TEXT_FUNCTIONS: readonly MappingFunction[] = [join, text, lower, upper, prefix, split, first, last];
