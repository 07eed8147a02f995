import { definePlugin } from '../../core/plugin.ts';
import type { Sender, SenderChannel, SenderDeps, SenderPlugin } from '../port.ts';

interface DemoPhoneConfig {
  readonly channels?: readonly SenderChannel[];
}

const CHANNELS: readonly SenderChannel[] = [
  'sms',
  'wechat',
  'wecom',
  'dingtalk',
  'app',
  'email',
  'voice',
  'phone',
  'in-app',
];

/** Reaches nobody: keeps every message durably, so that the phone simulator can show it and answer it. */
export const demoPhoneSender: SenderPlugin = definePlugin<DemoPhoneConfig, Sender, SenderDeps>({
  type: 'demo-phone',
  summary: 'Keeps messages for the phone simulator instead of sending them; for demonstrations only.',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      channels: {
        type: 'array',
        minItems: 1,
        items: { enum: CHANNELS },
        description: 'Channels it stands for; all where absent.',
      },
    },
  },
  examples: [{}, { channels: ['sms', 'voice'] }],
  create: ({ channels }, { memory, now }) => ({
    channels: channels ?? CHANNELS,
    refusesRepeatedId: true,
    maxLength: 500,
    send: async ({ id, channel, to, text, template }) => {
      // A repeated id is the same message: it is shown once.
      await memory.insert(id, { channel, to, text, template, at: now().toISOString() });
      return { status: 'accepted', providerId: id };
    },
    lookup: async (id) => {
      const kept = await memory.get(id);
      return kept === undefined ? { status: 'not-found' } : { status: 'accepted', providerId: id };
    },
  }),
});
