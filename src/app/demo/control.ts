import { jsonOf } from '../../store/body.ts';
import type { Store } from '../../store/port.ts';
import type { Answers } from '../../pipeline/follow-up/answers.ts';
import type { FollowUpLoop } from '../../pipeline/follow-up/contract.ts';
import type { Attempt } from '../../pipeline/follow-up/rows.ts';
import type { DemoClock } from './clock.ts';

/** What the demo can be told to do: put its clock forward, answer as a patient or as staff. */
export class DemoControl {
  readonly #store: Store;
  readonly #loop: FollowUpLoop;
  readonly #answers: Answers;
  readonly clock: DemoClock;

  constructor(parts: { store: Store; loop: FollowUpLoop; answers: Answers; clock: DemoClock }) {
    this.#store = parts.store;
    this.#loop = parts.loop;
    this.#answers = parts.answers;
    this.clock = parts.clock;
  }

  /** Puts the clock forward, stopping wherever something falls due and letting it be carried out at its time. */
  async advanceTo(time: Date): Promise<void> {
    for (let due = await this.#nextDue(time); due !== undefined; due = await this.#nextDue(time)) {
      this.clock.advanceTo(due);
      if ((await this.#loop.drain()) === 0) break;
    }
    this.clock.advanceTo(time);
    await this.#loop.drain();
  }

  /** A staff member confirms every open alert that was sent to them. */
  async acknowledge(staff: string): Promise<void> {
    for (const attempt of await this.messages()) {
      if (attempt.audience === 'staff' && attempt.recipient === staff)
        await this.#answers.acknowledge(attempt.id, staff);
    }
  }

  /** Confirms one alert as whoever got it. */
  async confirm(attempt: string): Promise<boolean> {
    const row = await this.#store.get('attempts', attempt);
    if (row === undefined) return false;
    const { recipient = 'staff' } = jsonOf<Attempt>(row);
    return (await this.#answers.acknowledge(attempt, recipient)).ok;
  }

  /** A patient answers a message; resolves to the risk that the answer was given, undefined where the message is not known. */
  async reply(attempt: string, text: string): Promise<string | undefined> {
    const row = await this.#store.get('attempts', attempt);
    if (row === undefined) return undefined;
    const { to } = jsonOf<Attempt>(row);
    const outcome = await this.#answers.reply({ kind: 'reply', from: to, text, attempt, at: this.clock.now() });
    await this.#loop.drain();
    return outcome.ok ? outcome.value.risk : undefined;
  }

  /** Everything that was sent or came in, oldest first. */
  async messages(): Promise<readonly Attempt[]> {
    const page = await this.#store.find('attempts', { order: [{ field: 'at' }], limit: 10_000 });
    return page.rows.map((row) => jsonOf<Attempt>(row));
  }

  async #nextDue(time: Date): Promise<Date | undefined> {
    const page = await this.#store.find('occurrences', {
      where: [{ field: 'dueAt', op: 'le', value: time }],
      order: [{ field: 'dueAt' }],
      limit: 1,
    });
    const due = page.rows[0]?.fields['dueAt'];
    return due instanceof Date ? due : undefined;
  }
}
