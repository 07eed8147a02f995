import { expect, test } from '@jest/globals';
import { EXTENSIONS } from '../../../src/mapping/types/extensions.ts';
import { isOutbound } from '../../../src/mapping/outbound/paths.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';

const files = mappingFiles().filter(({ path }) => path.endsWith('.yaml') && !path.endsWith('.test.yaml'));
const inbound = files.filter(({ path }) => !isOutbound(path)).map(({ text }) => text);
const made = [...inbound, ...Object.values(EXTENSIONS).map(({ url }) => url)].join('\n');
const named = files
  .filter(({ path }) => isOutbound(path))
  .flatMap(({ text }) => [...text.matchAll(/url == '?((?:https?:|urn:)[^'\]\s]+)/gu)].map(([, url = '']) => url));

test.each([...new Set(named)])('%s is an extension that the way in makes', (url) => {
  expect(made).toContain(url);
});
