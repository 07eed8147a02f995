import type { EngineConfig } from '../config/engine-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { NamedSender } from '../pipeline/follow-up/loop-deps.ts';
import { senderMemory } from '../pipeline/follow-up/sender-memory.ts';
import { SENDERS } from '../senders/builtins.ts';
import type { Store } from '../store/port.ts';
import { pick } from './pick.ts';

/** The configured senders, in the order in which they are asked. */
export function createSenders(
  config: EngineConfig,
  store: Store,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): readonly NamedSender[] {
  return config.senders.map(({ name, type, config: settings }) => ({
    name,
    sender: pick(SENDERS, type).create(settings, {
      name,
      log,
      now: () => clock.now(),
      memory: senderMemory(store, name),
    }),
  }));
}
