import { demoPhoneSender } from './demo-phone/index.ts';
import type { SenderPlugin } from './port.ts';
import { webhookSender } from './webhook/index.ts';

/** Every sender. */
export const SENDERS: readonly SenderPlugin[] = [webhookSender, demoPhoneSender];
