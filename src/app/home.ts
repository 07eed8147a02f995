import path from 'node:path';

/** Folder of the product: where `mappings/`, `config/` and `package.json` are, from the sources and from the build. */
export const HOME = path.resolve(import.meta.dirname, '..', '..');
