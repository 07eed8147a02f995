// Lets `node --import ./scripts/ts-loader.mjs FILE.ts` run TypeScript: types are stripped by swc, nothing is checked.
import { register } from 'node:module';

register(new URL('./ts-hooks.mjs', import.meta.url));
