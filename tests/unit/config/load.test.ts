import { describe, expect, test } from '@jest/globals';

import { loadConfig } from '../../../src/config/load.ts';
import type { AnyPlugin, Plugins } from '../../../src/config/schema.ts';

const plugin = (type: string, properties: Record<string, unknown>, required: readonly string[] = []): AnyPlugin => ({
  type,
  summary: type,
  schema: { type: 'object', additionalProperties: false, properties, required },
  examples: [],
});

const PLUGINS: Plugins = {
  stores: [plugin('sqlite', { file: { type: 'string' } }), plugin('mongodb', { url: { type: 'string' } }, ['url'])],
  listeners: [
    plugin('mllp', { port: { type: 'integer' }, host: { type: 'string' }, bind: { type: 'string' } }, ['port']),
  ],
  destinations: [plugin('mllp', { host: { type: 'string' } })],
  senders: [plugin('webhook', { url: { type: 'string' } }, ['url'])],
};

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig({ file: 'site/jingluo.yaml', text, env, plugins: PLUGINS, home: '/opt/jingluo' });

function faults(text: string, env: Record<string, string> = {}): readonly string[] {
  const loaded = load(text, env);
  return loaded.ok ? [] : loaded.error.map(({ code, at, message }) => `${at?.line}:${at?.column} ${code} ${message}`);
}

describe('configuration', () => {
  test('settings of the plug-in stand flat beside those of the channel', () => {
    const loaded = load(`
timezone: Asia/Shanghai
sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }
channels:
  - { name: his, type: mllp, source: HIS, port: 2575, ack: processed, ackTimeout: 5, snapshot: [AL1] }
http: { auth: none }
`);
    expect(loaded.ok && loaded.value.channels[0]).toEqual({
      type: 'mllp',
      config: { port: 2575 },
      settings: {
        name: 'his',
        source: 'HIS',
        ack: 'processed',
        ackTimeoutMs: 5000,
        zone: 'Asia/Shanghai',
        ids: { MR: 'HOSP01' },
        snapshots: ['AL1'],
        backfill: false,
        onFailure: 'continue',
      },
    });
  });

  test('every fault is told at once, with its place and the nearest right name', () => {
    const text = `
sources: { HIS: {} }
channels:
  - name: his
    type: mllp
    sourse: HIS
    port: "2575"
  - name: lis
    type: mlp
    source: LIS
http: { auth: none, prot: 8080 }
`;
    expect(faults(text)).toEqual([
      '4:5 config.invalid The setting "source" is missing.',
      '6:5 config.unknown-setting There is no setting "sourse" here (did you mean "source"?).',
      '7:11 config.invalid Expected integer.',
      '9:11 config.invalid Expected one of mllp (did you mean "mllp"?).',
      '11:21 config.unknown-setting There is no setting "prot" here (did you mean "port"?).',
    ]);
  });

  test.each([
    [
      'a source that nobody declares',
      'sources: { HIS: {} }\nchannels: [{ name: a, type: mllp, source: HSI, port: 1 }]\nhttp: { auth: none }',
      'config.unknown-name No source "HSI" is configured under `sources` (did you mean "HIS"?).',
    ],
    [
      'the same name twice',
      'sources: { H: {} }\nchannels:\n- { name: a, type: mllp, source: H, port: 1 }\n- { name: a, type: mllp, source: H, port: 2 }\nhttp: { auth: none }',
      'config.duplicate "a" stands already on line 3.',
    ],
    [
      'the same port twice',
      'sources: { H: {} }\nchannels:\n- { name: a, type: mllp, source: H, port: 8080 }\nhttp: { auth: none }',
      'config.duplicate Port 8080 is taken by http.port.',
    ],
    [
      'no login on an open address',
      'http: { host: 0.0.0.0, auth: none }',
      'config.unsafe `auth: none` is allowed on a loopback address only, not on 0.0.0.0.',
    ],
    [
      'nobody said who may read',
      'http: { port: 8080 }',
      'config.unsafe Say who may read: `auth: none` (loopback only), or issuer, audience and jwksUri.',
    ],
    [
      'queries on an open address',
      'sources: { H: {} }\nchannels:\n- { name: a, type: mllp, source: H, port: 1, bind: 0.0.0.0, queries: all }\nhttp: { auth: none }',
      'config.unsafe On an open address `queries` needs `allow`, or `tls` with `clientCa`.',
    ],
    [
      'a time zone that is none',
      'timezone: Asia/Peking\nhttp: { auth: none }',
      'config.invalid "Asia/Peking" is neither an IANA time zone nor an offset such as +08:00.',
    ],
    [
      'a short sealing key',
      'sealing: { current: a, keys: [{ id: a, secret: c2hvcnQ= }] }\nhttp: { auth: none }',
      'config.invalid Expected 32 bytes in base64.',
    ],
    [
      'a key that is not there',
      `sealing: { current: k2, keys: [{ id: k1, secret: ${Buffer.alloc(32).toString('base64')} }] }\nhttp: { auth: none }`,
      'config.unknown-name No key "k2" (did you mean "k1"?).',
    ],
    ['broken YAML', 'http: { auth: none', 'config.yaml'],
    [
      'an environment variable that is not set',
      'senders: [{ name: s, type: webhook, url: "${HOOK}" }]\nhttp: { auth: none }',
      'config.environment The environment has no variable HOOK.',
    ],
  ])('%s', (_name, text, expected) => {
    expect(faults(text).join('\n')).toContain(expected);
  });

  test('secrets come from the environment', () => {
    const loaded = load('senders: [{ name: s, type: webhook, url: "https://${HOST}/x" }]\nhttp: { auth: none }', {
      HOST: 'h',
    });
    expect(loaded.ok && loaded.value.senders[0]?.config).toEqual({ url: 'https://h/x' });
  });

  test('a checked configuration cannot be changed', () => {
    const loaded = load('http: { auth: none }');
    expect(loaded.ok && Object.isFrozen(loaded.value.http)).toBe(true);
  });
});
