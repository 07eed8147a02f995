import type { Rebuild } from '../../record/rebuild.ts';
import { flagParam, type Operation } from './operation.ts';

type RebuildProgress = Parameters<NonNullable<Parameters<Rebuild>[1]['onProgress']>>[0];

/** How often progress is told. */
const EVERY = 500;

/** `rebuild`: shown Patients, documents and, with `searchKeys`, search keys made anew; what is the same is not written. */
const rebuild: Operation = {
  name: 'rebuild',
  summary: 'Makes derived data anew from the record.',
  async *run({ store, rebuild: run }, params) {
    const told: RebuildProgress[] = [];
    let wake = (): void => undefined;
    const working = run(store, {
      searchKeys: flagParam(params, 'searchKeys'),
      onProgress: (progress) => {
        if (progress.done % EVERY !== 0) return;
        told.push(progress);
        wake();
      },
    });
    const state = { ended: false };
    const end = working.finally(() => {
      state.ended = true;
      wake();
    });
    for (;;) {
      for (const { part, done, total, changed } of told.splice(0)) yield { part, done, total, changed };
      if (state.ended) break;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    yield { ...(await end) };
  },
};

/** Operations that make derived data. */
export const REBUILD_OPERATIONS: readonly Operation[] = [rebuild];
