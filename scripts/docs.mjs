// Writes the generated pages of docs/ (errors, settings, a page for each message) and the schema of mappings; run after a
// build: `npm run docs`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { mappingDocs } from '../dist/app/docs/mapping-docs.js';
import { generatedPages } from '../dist/app/docs/pages.js';

const root = path.resolve(import.meta.dirname, '..');
const pages = new Map([...generatedPages(), ...(await mappingDocs())]);
const messages = path.join(root, 'docs', 'mapping');
mkdirSync(messages, { recursive: true });
for (const file of readdirSync(messages)) if (!pages.has(`docs/mapping/${file}`)) rmSync(path.join(messages, file));
for (const [file, text] of pages) writeFileSync(path.join(root, file), text);
