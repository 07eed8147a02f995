import type { Channel } from './plan.ts';

/** Where a person can be reached, by channel. */
export type Addresses = Readonly<Partial<Record<Channel, string>>>;

/** What the choice of a channel rests on. */
export interface ChannelFacts {
  readonly addresses: Addresses;
  /** Channel that the patient asked for. */
  readonly preference?: Channel;
  /** Channel of the last message that the patient answered. */
  readonly lastAnswered?: Channel;
  readonly age?: number;
  readonly voiceFromAge: number;
  /** Channels that a sender is configured for. */
  readonly available: readonly Channel[];
  /** Channels already tried for this occurrence without success. */
  readonly tried: readonly Channel[];
}

/** Channels in the order in which they should be tried, each with the reason for its place. */
export interface ChannelChoice {
  readonly channel: Channel;
  readonly reason: 'plan' | 'preference' | 'last-answered' | 'age' | 'default';
}

/** What `auto` may use without being asked: a voice call needs a preference, an answer or the age for it. */
const AUTOMATIC: readonly Channel[] = ['wechat', 'app', 'sms', 'email'];

/** Orders the channels of an action: explicit preference, then last answered, then age, then the rest. */
export function orderChannels(wanted: 'auto' | readonly Channel[], facts: ChannelFacts): readonly ChannelChoice[] {
  const usable = (channel: Channel): boolean =>
    facts.available.includes(channel) && !facts.tried.includes(channel) && facts.addresses[channel] !== undefined;
  if (wanted !== 'auto') {
    return wanted.filter(usable).map((channel) => ({ channel, reason: 'plan' }));
  }
  const choices: ChannelChoice[] = [];
  const add = (channel: Channel | undefined, reason: ChannelChoice['reason']): void => {
    if (channel === undefined || choices.some((choice) => choice.channel === channel)) return;
    choices.push({ channel, reason });
  };
  add(facts.preference, 'preference');
  add(facts.lastAnswered, 'last-answered');
  if (facts.age !== undefined && facts.age >= facts.voiceFromAge) add('voice', 'age');
  for (const channel of AUTOMATIC) add(channel, 'default');
  return choices.filter((choice) => usable(choice.channel));
}
