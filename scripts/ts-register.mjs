// Lets Node 20 run TypeScript sources as they are (`node --import ./scripts/ts-register.mjs file.ts`): worker threads of
// tests, benches and child processes of tests. Production runs dist/.
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
