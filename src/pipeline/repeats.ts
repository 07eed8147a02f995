import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Repeat } from '../record/contract.ts';
import type { Interpretation } from './interpreter.ts';

/** What is known of a message that changed nothing: enough to say the same of it when it comes again. */
export interface Known {
  readonly repeat: Repeat;
  readonly read: Pick<Interpretation, 'warnings' | 'unmapped' | 'unknownCodes' | 'mappingVersion'>;
}

/** As text: there are thousands, and a text costs a quarter of the objects that it says, and the collector nothing. */
type Kept = Map<string, string>;

/**
 * Messages that changed nothing, by their words: a hospital information system sends the same update of a patient again
 * and again. Bounded; the one that was not met for the longest time goes first.
 */
export class Repeats {
  readonly #limit: number;
  #size = 0;
  /** By the settings of the channel, which are other ones after a reload. */
  readonly #byChannel = new Map<ChannelSettings, Kept>();

  /** @param limit characters kept of all messages together */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(channel: ChannelSettings, words: string): Known | undefined {
    const text = this.#byChannel.get(channel)?.get(words);
    if (text === undefined) return undefined;
    // `set` wrote it; a time is the only thing that JSON does not give back.
    const { repeat, read } = JSON.parse(text) as Known;
    return { repeat: { ...repeat, at: new Date(repeat.at) }, read };
  }

  /** Keeps what is known of a message, or forgets it. */
  set(channel: ChannelSettings, words: string, known: Known | undefined): void {
    let all = this.#byChannel.get(channel);
    if (all === undefined) this.#byChannel.set(channel, (all = new Map<string, string>()));
    this.#drop(all, words);
    if (known === undefined) return;
    const text = JSON.stringify(known);
    all.set(words, text);
    this.#size += text.length;
    while (this.#size > this.#limit) this.#dropOldest();
  }

  /** The largest channel gives way: whose messages come seldom keeps them. */
  #dropOldest(): void {
    const largest = [...this.#byChannel.values()].reduce((most, one) => (one.size > most.size ? one : most));
    const [oldest] = largest.keys();
    if (oldest !== undefined) this.#drop(largest, oldest);
  }

  #drop(all: Kept, words: string): void {
    this.#size -= all.get(words)?.length ?? 0;
    all.delete(words);
  }
}
