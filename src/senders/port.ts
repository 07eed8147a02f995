import type { Log } from '../core/log.ts';
import type { Plugin } from '../core/plugin.ts';
import type { Problem } from '../core/problem.ts';

/** Ways to reach a human, as plans name them. */
export type SenderChannel = 'sms' | 'wechat' | 'wecom' | 'dingtalk' | 'app' | 'email' | 'voice' | 'phone' | 'in-app';

/** One message to one human. */
export interface SendRequest {
  /** Our attempt id: the provider's idempotency key. */
  readonly id: string;
  readonly channel: SenderChannel;
  /** Phone number, account or address, in clear. */
  readonly to: string;
  readonly text: string;
  readonly template: string;
  readonly priority: 'routine' | 'urgent' | 'asap' | 'stat';
  /** The call must have ended by then, in milliseconds from its start. */
  readonly timeoutMs: number;
}

/**
 * What the provider said. `unknown` (time-out, broken connection) is never sent again blindly: it is looked up.
 */
export type SendStatus =
  | { readonly status: 'accepted'; readonly providerId?: string }
  | { readonly status: 'rejected'; readonly problem: Problem; readonly badAddress?: boolean }
  | { readonly status: 'throttled'; readonly retryAfterMs: number }
  | { readonly status: 'unknown'; readonly problem: Problem };

/** Delivery receipt or reply as the provider pushes it. */
export type SenderEvent =
  | { readonly kind: 'receipt'; readonly attempt: string; readonly delivered: boolean; readonly reason?: string }
  | {
      readonly kind: 'reply';
      readonly from: string;
      readonly text: string;
      readonly attempt?: string;
      /** The provider's id of the reply: the same id pushed again is the same reply. */
      readonly id?: string;
      readonly at: Date;
    }
  | { readonly kind: 'acknowledged'; readonly attempt: string; readonly by: string; readonly at: Date };

/** Port of a sender. */
export interface Sender {
  readonly channels: readonly SenderChannel[];
  /** True where the provider refuses a repeated id: then a resend after "not found" is safe. */
  readonly refusesRepeatedId: boolean;
  /** Longest text in characters. */
  readonly maxLength: number;
  send(request: SendRequest): Promise<SendStatus>;
  /** What became of an earlier request; `not-found` and `unknown` are different answers. */
  lookup(id: string): Promise<SendStatus | { readonly status: 'not-found' }>;
  /** Reads what the provider pushed to our callback; undefined if it is not theirs. */
  parseCallback?(headers: Readonly<Record<string, string>>, body: Uint8Array): readonly SenderEvent[] | undefined;
}

/** A small durable memory of a sender that has no provider behind it. */
export interface SenderMemory {
  /** Keeps a value under an id; false (and nothing changed) where the id is taken. Durable when it resolves. */
  insert(id: string, value: Readonly<Record<string, unknown>>): Promise<boolean>;
  get(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** What a sender is given. */
export interface SenderDeps {
  readonly name: string;
  readonly log: Log;
  /** Wall clock for signatures. */
  readonly now: () => Date;
  readonly memory: SenderMemory;
}

/** Plug-in of a sender. */
export type SenderPlugin = Plugin<Sender, SenderDeps>;
