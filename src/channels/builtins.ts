import { fileDestination } from './file/destination.ts';
import { fileReader } from './file/reader.ts';
import { httpDestination } from './http/destination.ts';
import { httpListener } from './http/listener.ts';
import { mllpDestination } from './mllp/destination.ts';
import { mllpListener } from './mllp/listener.ts';
import type { DestinationPlugin, ListenerPlugin } from './port.ts';

export { MllpClient, type MllpTarget } from './mllp/client.ts';

/** Every way in. */
export const LISTENERS: readonly ListenerPlugin[] = [mllpListener, httpListener, fileReader];

/** Every way out. */
export const DESTINATIONS: readonly DestinationPlugin[] = [mllpDestination, httpDestination, fileDestination];
