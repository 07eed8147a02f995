import { DESTINATIONS, LISTENERS } from '../channels/builtins.ts';
import type { Plugins } from '../config/schema.ts';
import { SENDERS } from '../senders/builtins.ts';
import { STORES } from '../store/builtins.ts';

/** Every plug-in that a configuration may name. */
export const PLUGINS: Plugins = { stores: STORES, listeners: LISTENERS, destinations: DESTINATIONS, senders: SENDERS };
