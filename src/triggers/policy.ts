import type { Channel, Purpose } from './plan.ts';

/** `unless-refused`: allowed until the patient says no; `only-if-granted`: needs a yes. */
export type ConsentBasis = 'unless-refused' | 'only-if-granted';

/** A span of wall time in which a channel keeps silent; it may cross midnight. */
export interface QuietSpan {
  readonly from: string;
  readonly to: string;
}

/** What the hospital decides for all plans. */
export interface FollowUpPolicy {
  readonly hospital: string;
  /** Address behind `{{ link }}` in messages; empty: none. */
  readonly link: string;
  readonly quietHours: Readonly<Record<Channel, readonly QuietSpan[]>>;
  readonly consent: Readonly<Record<Purpose, ConsentBasis>>;
  /** From this age on `auto` prefers a voice call. */
  readonly voiceFromAge: number;
  /** Messages for a patient below this age go to the guardian. */
  readonly guardianBelowAge: number;
  /** Messages a second and sender. */
  readonly perSecond: number;
  /** Closes every text message to a patient. */
  readonly optOutHint: string;
}

const NIGHT: readonly QuietSpan[] = [{ from: '21:00', to: '08:00' }];
const VOICE: readonly QuietSpan[] = [
  { from: '21:00', to: '09:00' },
  { from: '12:00', to: '14:00' },
];

/** The policy where the directory file says nothing else. */
export const DEFAULT_POLICY: FollowUpPolicy = {
  hospital: '本院',
  link: '',
  quietHours: {
    sms: NIGHT,
    wechat: NIGHT,
    wecom: NIGHT,
    dingtalk: NIGHT,
    app: NIGHT,
    email: NIGHT,
    voice: VOICE,
    phone: VOICE,
    'in-app': NIGHT,
  },
  consent: {
    treatment: 'unless-refused',
    'public-health': 'unless-refused',
    education: 'only-if-granted',
    satisfaction: 'only-if-granted',
    marketing: 'only-if-granted',
    research: 'only-if-granted',
  },
  voiceFromAge: 70,
  guardianBelowAge: 14,
  perSecond: 5,
  optOutHint: '回复TD退订',
};
