import type { Problem } from '../core/problem.ts';
import { ackPlan, isWanted } from '../hl7/ack-mode.ts';
import { buildAck, salvageHeader } from '../hl7/ack.ts';
import { readHeader } from '../hl7/header.ts';
import type { ListenerDeps } from './port.ts';

/**
 * Acknowledgement that rejects bytes which never became a message: AR, or CR in enhanced mode. Its header is taken from
 * whatever MSH the bytes hold. `undefined` where MSH-15 forbids it.
 * @param head beginning of the bytes
 */
export function refusalFor(
  head: Uint8Array,
  problem: Problem,
  deps: Pick<ListenerDeps, 'clock' | 'newId'>,
): Uint8Array | undefined {
  const original = salvageHeader(head);
  const header = original === undefined ? undefined : readHeader(original);
  const plan = ackPlan(header?.acceptAck ?? '', header?.applicationAck ?? '');
  const enhanced = plan.mode === 'enhanced';
  if (enhanced && !isWanted(plan.accept, false)) return undefined;
  const { bytes } = buildAck(original, {
    code: enhanced ? 'CR' : 'AR',
    controlId: deps.newId().replaceAll('-', '').slice(0, 20),
    at: deps.clock.now(),
    problems: [problem],
  });
  return bytes;
}
