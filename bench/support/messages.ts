export { admission, results, shortAdmission, update } from '../../src/app/bench/messages.ts';
