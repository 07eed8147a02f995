import type { ChannelChoice } from '../../triggers/channels.ts';
import type { Action } from '../../triggers/plan.ts';
import type { Case } from './gate-facts.ts';
import type { LoopDeps, NamedSender } from './loop-deps.ts';
import type { Attempt, Redo } from './rows.ts';
import type { Session } from './session.ts';

/** An attempt that is about to be committed as `sending`, with the sender to call afterwards. */
export interface Outgoing {
  readonly attempt: Attempt;
  readonly sender: NamedSender;
}

/** What carrying out works on. */
export interface Carrying {
  readonly session: Session;
  readonly deps: LoopDeps;
  readonly found: Case;
}

/** What one action made. */
export interface Performed {
  readonly outgoing: readonly Outgoing[];
  readonly made: readonly string[];
  /** True where something happened that counts as carried out. */
  readonly acted?: boolean;
  readonly note?: string;
}

/** One action that passed the gate. */
export interface Doing {
  readonly action: Action;
  readonly redo: Redo;
  readonly channel: ChannelChoice | undefined;
}
