import type { ChannelSettings } from '../../src/core/channel-settings.ts';

/** A channel of a hospital information system with nothing set that need not be. */
export const CHANNEL: ChannelSettings = {
  name: 'his',
  source: 'HIS',
  ack: 'checked',
  ackTimeoutMs: 30_000,
  zone: 'Asia/Shanghai',
  ids: {},
  snapshots: [],
  backfill: false,
  onFailure: 'continue',
};
