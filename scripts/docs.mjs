// Writes the generated pages of docs/ (errors, settings); run after a build: `npm run docs`.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { generatedPages } from '../dist/app/docs/pages.js';

const root = path.resolve(import.meta.dirname, '..');
for (const [file, text] of generatedPages()) writeFileSync(path.join(root, file), text);
