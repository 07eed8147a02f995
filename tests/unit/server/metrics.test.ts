import { expect, test } from '@jest/globals';
import { createPrometheus } from '../../../src/server/metrics.ts';

test('samples are shown in the exposition format of Prometheus', async () => {
  const { port, text } = createPrometheus();
  port.count('jingluo_messages_total', { channel: 'his' });
  port.count('jingluo_messages_total', { channel: 'his' }, 2);
  port.gauge('jingluo_queue_depth', 7);
  port.observe('jingluo_commit_seconds', 0.02);
  const shown = await text();
  expect(shown).toContain('jingluo_messages_total{channel="his"} 3');
  expect(shown).toContain('jingluo_queue_depth 7');
  expect(shown).toContain('jingluo_commit_seconds_bucket{le="0.025"} 1');
});
