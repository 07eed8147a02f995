import { problem, type Problem, type ProblemCode } from '../../../core/problem.ts';
import { isObject } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import type { OutboundTrace, UnsaidElement } from '../contract.ts';
import type { Receiver } from '../convert/receiver.ts';
import { Account } from './account.ts';
import { elementsOf, holderOf, pathOf, type Item } from './item.ts';
import type { Pool } from './pool.ts';

/** What the messages of one input share. */
export interface RunSetting {
  readonly receiver: Receiver;
  readonly now: Date;
  /** `Type.element` that are no data, without positions. */
  readonly structural: ReadonlySet<string>;
  readonly trace: boolean;
}

/** The making of one message. */
export class Run {
  readonly pool: Pool;
  readonly past: Pool | undefined;
  readonly setting: RunSetting;
  readonly account: Account;
  readonly warnings: Problem[] = [];
  /** Where it is asked for. */
  readonly trace: OutboundTrace[] | undefined;

  constructor(pool: Pool, past: Pool | undefined, setting: RunSetting) {
    this.pool = pool;
    this.past = past;
    this.setting = setting;
    this.account = new Account(setting.structural, (reference) => pool.find(reference));
    this.trace = setting.trace ? [] : undefined;
  }

  /** Notes which rule made a value of what. */
  note(place: string, rule: string, item: Item): void {
    this.trace?.push({ place, rule, elements: elementsOf(item) });
  }

  /** The resource that a Reference points at, where it is known. */
  follow(reference: Item): FhirResource | undefined {
    const { value } = reference;
    const text = isObject(value) ? value['reference'] : undefined;
    if (typeof text !== 'string') return undefined;
    const found = this.pool.resolve(text, holderOf(reference));
    if (found !== undefined) this.account.mention(found);
    return found;
  }

  warn(code: ProblemCode, message: string, item: Item): void {
    const path = pathOf(item.madeOf[0] ?? item);
    this.warnings.push(problem(code, message, { path }));
  }

  /** A rule read the element, but it cannot be written. */
  lose(item: Item, reason: UnsaidElement['reason'], message: string): void {
    const code = reason === 'table-lacks-code' ? 'mapping.table-lacks-code' : 'mapping.invalid-value';
    this.account.lose(item, reason);
    this.warn(code, message, item);
  }
}
