import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { JingluoError, problem } from '../../core/problem.ts';
import type { SenderJob, SenderResult } from './sender-job.ts';

/** A process that sends messages. */
export class Sender {
  readonly #child: ChildProcess;

  constructor() {
    const source = import.meta.url.endsWith('.ts');
    const hooks = new URL('../../../scripts/ts-register.mjs', import.meta.url).href;
    const file = new URL(source ? './sender-child.ts' : './sender-child.js', import.meta.url);
    this.#child = fork(fileURLToPath(file), {
      execArgv: ['--disable-warning=ExperimentalWarning', ...(source ? ['--import', hooks] : [])],
      serialization: 'advanced',
    });
  }

  /** Does one job; rejects with `operation.bench-failed` where the process ends instead, having said why. */
  run(job: SenderJob): Promise<SenderResult> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        child.off('message', answered);
        reject(new JingluoError(problem('operation.bench-failed', 'The sending process ended before it was done.')));
      };
      const answered = (result: unknown): void => {
        child.off('exit', ended);
        // The child sends nothing else.
        resolve(result as SenderResult);
      };
      child.once('exit', ended);
      child.once('message', answered);
      child.send(job);
    });
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
