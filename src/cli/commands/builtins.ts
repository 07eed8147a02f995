import type { Cli } from '../command.ts';
import { registerBench } from './bench.ts';
import { registerCheck } from './check.ts';
import { registerCodes } from './codes.ts';
import { registerDemo } from './demo.ts';
import { registerDiff } from './diff.ts';
import { registerExplain } from './explain.ts';
import { registerLoad } from './load.ts';
import { registerMap } from './map.ts';
import { registerMessages } from './messages.ts';
import { registerPersons } from './persons.ts';
import { registerPlans } from './plans.ts';
import { registerRebuild } from './rebuild.ts';
import { registerReload } from './reload.ts';
import { registerReplay } from './replay.ts';
import { registerReviews } from './reviews.ts';
import { registerSend } from './send.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerTest } from './test.ts';
import { registerUnmap } from './unmap.ts';
import { registerWork } from './work.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly ((cli: Cli) => void)[] = [
  registerStart,
  registerDemo,
  registerCheck,
  registerSend,
  registerMap,
  registerUnmap,
  registerExplain,
  registerDiff,
  registerTest,
  registerLoad,
  registerMessages,
  registerReplay,
  registerPersons,
  registerReviews,
  registerCodes,
  registerPlans,
  registerWork,
  registerRebuild,
  registerReload,
  registerStatus,
  registerBench,
];
