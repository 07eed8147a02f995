import type { ChannelConfig } from '../config/engine-config.ts';
import type { Site } from './site.ts';

/** The same site, listening on any free ports. */
export function onFreePorts(site: Site): Site {
  const { channels, http } = site.config;
  return { ...site, config: { ...site.config, channels: channels.map(freed), http: { ...http, port: 0 } } };
}

function freed(channel: ChannelConfig): ChannelConfig {
  if (channel.config['port'] === undefined) return channel;
  return { ...channel, config: { ...channel.config, port: 0 } };
}
