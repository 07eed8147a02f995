import type { RepetitionValue } from '../../../hl7/write-message.ts';
import { typed, type Compiled } from '../compile/compiled.ts';
import { findConverter } from '../convert/registry.ts';
import type { Converter } from '../convert/converter.ts';
import type { Env } from '../run/env.ts';
import { Item } from '../run/item.ts';
import type { Call, OutboundFunction } from './function.ts';

const shown = (value: RepetitionValue | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).flat().join(' ').trim();

/** The texts of the values left of the bar, each with what it was made of; undefined where a type has no text. */
function textsOf({ input, fail }: Call): { readonly evaluate: (env: Env) => readonly Item[] } | Compiled {
  const converters = new Map<string, Converter>();
  for (const { type, targets } of input.types) {
    const found = findConverter(type, targets, 'ST');
    if (found !== undefined) converters.set(type, found);
  }
  if (converters.size === 0 && input.types.length > 0) {
    return fail('mapping.no-converter', `${input.types.map(({ type }) => type).join(' or ')} has no text`);
  }
  const evaluate = (env: Env): readonly Item[] =>
    input.evaluate(env).flatMap((item) => {
      const text = shown(converters.get(item.type)?.write(item, env.run));
      return text === '' ? [] : [item.made('string', text)];
    });
  return { evaluate };
}

const STRING = [typed('string')];

/** A code stays one. */
function changed(call: Call, change: (text: string) => string): Compiled {
  const { evaluate } = textsOf(call);
  const type = call.input.types.every((one) => one.type === 'code') ? 'code' : 'string';
  return {
    types: [typed(type)],
    many: call.input.many,
    constant: call.input.constant,
    evaluate: (env) =>
      evaluate(env).flatMap((item) => {
        const text = change(String(item.value));
        return text === '' ? [] : [new Item(type, text, undefined, item.madeOf)];
      }),
  };
}

const patient = (more: Readonly<Record<string, unknown>>): { resourceType: string } => ({
  resourceType: 'Patient',
  ...more,
});

const join: OutboundFunction = {
  name: 'join',
  usage: 'join(SEPARATOR)',
  summary: 'All values as one text.',
  examples: [
    {
      resource: patient({ name: [{ given: ['A', 'B'] }] }),
      field: 'PID-23',
      rule: "name.given | join('; ')",
      value: 'A; B',
    },
    { resource: patient({}), field: 'PID-23', rule: "name.given | join('; ')", value: '' },
  ],
  bind(call) {
    const separator = (call.args[0] ?? ' ').replaceAll('\\n', '\n');
    const { evaluate } = textsOf(call);
    return {
      types: STRING,
      many: false,
      constant: call.input.constant,
      evaluate: (env) => {
        const texts = evaluate(env);
        if (texts.length === 0) return [];
        const text = texts.map(({ value }) => String(value)).join(separator);
        return [
          new Item(
            'string',
            text,
            undefined,
            texts.flatMap(({ madeOf }) => madeOf),
          ),
        ];
      },
    };
  },
};

const text: OutboundFunction = {
  name: 'text',
  usage: 'text',
  summary: 'The value as a person would read it.',
  examples: [
    {
      resource: patient({ maritalStatus: { coding: [{ code: 'M', display: 'Married' }] } }),
      field: 'PID-23',
      rule: 'maritalStatus | text',
      value: 'Married',
    },
    {
      resource: patient({ name: [{ family: '张', given: ['伟'], text: '张伟' }] }),
      field: 'PID-23',
      rule: 'name[1] | text',
      value: '张伟',
    },
  ],
  bind: (call) => changed(call, (value) => value),
};

const lower: OutboundFunction = {
  name: 'lower',
  usage: 'lower',
  summary: 'Small letters.',
  examples: [{ resource: patient({ language: 'EN' }), field: 'PID-23', rule: 'language | lower', value: 'en' }],
  bind: (call) => changed(call, (value) => value.toLowerCase()),
};

const upper: OutboundFunction = {
  name: 'upper',
  usage: 'upper',
  summary: 'Capital letters.',
  examples: [{ resource: patient({ language: 'en' }), field: 'PID-23', rule: 'language | upper', value: 'EN' }],
  bind: (call) => changed(call, (value) => value.toUpperCase()),
};

const without: OutboundFunction = {
  name: 'without',
  usage: 'without(PREFIX)',
  summary: 'The value without a text that stands before it.',
  examples: [
    {
      resource: patient({ implicitRules: 'urn:oid:1.2' }),
      field: 'PID-23',
      rule: 'implicitRules | without(urn:oid:)',
      value: '1.2',
    },
    {
      resource: patient({ implicitRules: '1.2' }),
      field: 'PID-23',
      rule: 'implicitRules | without(urn:oid:)',
      value: '1.2',
    },
  ],
  bind(call) {
    const [prefix] = call.args;
    if (prefix === undefined) return call.fail('mapping.bad-argument', 'the argument is the text before the value');
    return changed(call, (value) => (value.startsWith(prefix) ? value.slice(prefix.length) : value));
  },
};

function picked({ input }: Call, at: number): Compiled {
  return {
    ...input,
    many: false,
    evaluate: (env) => {
      const item = input.evaluate(env).at(at);
      return item === undefined ? [] : [item];
    },
  };
}

const first: OutboundFunction = {
  name: 'first',
  usage: 'first',
  summary: 'The first of several values.',
  examples: [
    {
      resource: patient({ name: [{ family: 'A' }, { family: 'B' }] }),
      field: 'PID-23',
      rule: 'name.family | first',
      value: 'A',
    },
  ],
  bind: (call) => picked(call, 0),
};

const last: OutboundFunction = {
  name: 'last',
  usage: 'last',
  summary: 'The last of several values.',
  examples: [
    {
      resource: patient({ name: [{ family: 'A' }, { family: 'B' }] }),
      field: 'PID-23',
      rule: 'name.family | last',
      value: 'B',
    },
  ],
  bind: (call) => picked(call, -1),
};

/** Functions over text and lists. */
export const TEXT_FUNCTIONS: readonly OutboundFunction[] = [join, text, lower, upper, without, first, last];
