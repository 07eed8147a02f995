import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Repeat } from '../record/contract.ts';
import type { Interpretation } from './interpreter.ts';

/** What is known of a message that changed nothing: enough to say the same of it when it comes again. */
export interface Known {
  readonly repeat: Repeat;
  readonly read: Pick<Interpretation, 'warnings' | 'unmapped' | 'mappingVersion'>;
}

/**
 * Messages that changed nothing, by their words: a hospital information system sends the same update of a patient again
 * and again. Bounded; the one that was not met for the longest time goes first.
 */
export class Repeats {
  readonly #limit: number;
  /** By the settings of the channel, which are other ones after a reload. */
  #byChannel = new WeakMap<ChannelSettings, Map<string, Known>>();

  /** @param limit messages kept for each channel */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(channel: ChannelSettings, words: string): Known | undefined {
    return this.#byChannel.get(channel)?.get(words);
  }

  /** Keeps what is known of a message, or forgets it. */
  set(channel: ChannelSettings, words: string, known: Known | undefined): void {
    let all = this.#byChannel.get(channel);
    if (all === undefined) this.#byChannel.set(channel, (all = new Map<string, Known>()));
    all.delete(words);
    if (known === undefined) return;
    all.set(words, known);
    const [oldest] = all.keys();
    if (all.size > this.#limit && oldest !== undefined) all.delete(oldest);
  }
}
