import type { Problem } from '../core/problem.ts';
import { problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';
import type { Channel } from './plan.ts';

/** A message template as it is written. */
export interface TemplateSource {
  readonly id: string;
  readonly version: string;
  readonly audience: 'patient' | 'staff';
  /** Liquid text. */
  readonly text: string;
  /** Texts of channels that need another one. */
  readonly channels?: Readonly<Partial<Record<Channel, string>>>;
}

/** A compiled message template. */
export interface Template {
  readonly id: string;
  readonly version: string;
  readonly audience: 'patient' | 'staff';
  readonly source: TemplateSource;
  /** Of the source: the same texts have the same hash. */
  readonly hash: string;
  /** Fills the text for a channel; throws what Liquid throws where a variable is missing. */
  readonly fill: (channel: Channel, values: Readonly<Record<string, unknown>>) => string;
}

/** The text of a message. Fails with `trigger.template-failed`, which names template and variable but no value. */
export function fillTemplate(
  template: Template,
  channel: Channel,
  values: Readonly<Record<string, unknown>>,
): Result<string, Problem> {
  try {
    return ok(template.fill(channel, values).trim());
  } catch (error) {
    const variable = /undefined variable: ([\w.]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const what = variable === undefined ? 'could not be filled' : `lacks the variable \`${variable}\``;
    return err(problem('trigger.template-failed', `template \`${template.id}\` ${what}`));
  }
}
