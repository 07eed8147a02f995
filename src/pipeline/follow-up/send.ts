import { problem } from '../../core/problem.ts';
import type { SendStatus } from '../../senders/port.ts';
import type { Outgoing } from './carrying.ts';
import type { LoopDeps } from './loop-deps.ts';
import { CALL_TIMEOUT_MS, LEASE_MS } from './loop-deps.ts';

/** True while at least half of a lease that began at `since` (monotonic milliseconds) remains. */
export function halfLeaseRemains(deps: LoopDeps, since: number): boolean {
  return deps.monotonic() - since <= (deps.leaseMs ?? LEASE_MS) / 2;
}

/**
 * Calls the provider once for a committed attempt. `undefined`: it was not called, because too little of the lease was
 * left. The call's time-out is shorter than the rest of the lease, so that nobody else can be looking it up meanwhile.
 */
export async function callProvider(deps: LoopDeps, outgoing: Outgoing, since: number): Promise<SendStatus | undefined> {
  if (!halfLeaseRemains(deps, since)) return undefined;
  const rest = (deps.leaseMs ?? LEASE_MS) - (deps.monotonic() - since);
  const timeoutMs = Math.floor(Math.min(deps.callTimeoutMs ?? CALL_TIMEOUT_MS, rest * 0.8));
  const { attempt, sender } = outgoing;
  const { providerKey: id, channel, to, text, template, priority } = attempt;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendStatus>((resolve) => {
    const answer = {
      status: 'unknown',
      problem: problem('sender.timeout', `sender ${sender.name} did not answer`),
    } as const;
    timer = setTimeout(() => {
      resolve(answer);
    }, timeoutMs);
  });
  try {
    return await Promise.race([sender.sender.send({ id, channel, to, text, template, priority, timeoutMs }), late]);
  } catch {
    return { status: 'unknown', problem: problem('sender.unreachable', `sender ${sender.name} failed while sending`) };
  } finally {
    clearTimeout(timer);
  }
}
