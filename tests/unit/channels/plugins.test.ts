import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { DESTINATIONS, LISTENERS } from '../../../src/channels/builtins.ts';

const all = [
  ...LISTENERS.map((plugin) => ['listener', plugin.type, plugin] as const),
  ...DESTINATIONS.map((plugin) => ['destination', plugin.type, plugin] as const),
];

test.each(all)('%s %s: its examples fit its schema, other settings do not', (_kind, _type, plugin) => {
  const fits = new Ajv2020({ strict: true }).compile(plugin.schema);
  expect(plugin.examples.length).toBeGreaterThan(1);
  for (const example of plugin.examples) {
    fits(example);
    expect(fits.errors).toBeNull();
    expect(fits({ ...Object(example), surprise: 1 })).toBe(false);
  }
  expect(fits({})).toBe(false);
});

test.each([
  ['listeners', LISTENERS],
  ['destinations', DESTINATIONS],
])('types of %s are unique', (_name, plugins) => {
  expect(new Set(plugins.map((plugin) => plugin.type)).size).toBe(plugins.length);
});
