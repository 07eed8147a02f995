export { admission, results, update } from '../../src/app/bench/messages.ts';
