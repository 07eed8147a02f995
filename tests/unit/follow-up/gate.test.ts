import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../../src/triggers/plan.ts';
import { loadFollowUp } from '../../../src/triggers/read/load-follow-up.ts';
import { configFiles, knowledge } from '../triggers/config-files.ts';
import { factsFor } from '../../../src/pipeline/follow-up/gate-facts.ts';
import type { Case } from '../../../src/pipeline/follow-up/gate-facts.ts';
import { gateAction } from '../../../src/triggers/gate.ts';

const loaded = loadFollowUp(configFiles(), knowledge);

function caseOf(): Pick<Case, 'facts' | 'guardian' | 'isChild'> {
  if (!loaded.ok) throw new TypeError('the plans do not load');
  const now = new Date('2026-11-21T10:00:00+08:00');
  return {
    guardian: { addresses: { sms: '19900000002' }, refusals: [] },
    isChild: false,
    facts: {
      now,
      zone: 'Asia/Shanghai',
      deceased: false,
      enrolment: 'active',
      when: 'true',
      expiresAt: new Date('2026-11-22T10:00:00+08:00'),
      samePerson: false,
      purpose: 'treatment',
      consents: [],
      channels: { addresses: { app: 'x' }, preference: 'app', voiceFromAge: 70, available: ['sms', 'app'], tried: [] },
      sends: [],
      limits: {},
      policy: loaded.value.policy,
    },
  };
}

const message = (to: string): Action => ({ type: 'message', to, template: 't', channels: 'auto' });

describe('who is reached', () => {
  test.each([
    ['patient', 'app'],
    ['guardian', 'sms'],
  ])('a message to the %s goes by %s', (to, channel) => {
    const found = caseOf();
    const decision = gateAction(message(to), factsFor(found, message(to)));
    expect(decision).toMatchObject({ kind: 'pass', channel: { channel } });
  });

  test.each([
    ['marketing', 'consent'],
    ['education', 'consent'],
    ['public-health', undefined],
  ] as const)('%s needs what its basis says', (purpose, code) => {
    const { facts } = caseOf();
    const decision = gateAction(message('patient'), { ...facts, purpose });
    expect(decision.kind === 'refuse' ? decision.code : undefined).toBe(code);
  });

  test('a later permission overrides an earlier refusal', () => {
    const { facts } = caseOf();
    const refused = { permit: false, purposes: ['treatment'], channels: [], at: '2026-01-01T00:00:00Z' };
    const granted = { ...refused, permit: true, at: '2026-02-01T00:00:00Z' };
    const kind = (consents: typeof facts.consents): string =>
      gateAction(message('patient'), { ...facts, consents }).kind;
    expect([kind([refused]), kind([granted, refused]), kind([refused, granted])]).toEqual(['refuse', 'pass', 'pass']);
  });
});
