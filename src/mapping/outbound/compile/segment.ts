import { HL7_NULL } from '../../../hl7/message.ts';
import type { FieldValue, RepetitionValue, SegmentSpec } from '../../../hl7/write-message.ts';
import { child, entriesOf, type Entry, type Node } from '../../source/node.ts';
import type { Env } from '../run/env.ts';
import { compileField, type FieldRule } from './field.ts';
import type { RuleContext } from './rule-context.ts';

/** A segment on its way into the message. */
export interface Emission {
  readonly spec: SegmentSpec;
  /** Says something about the resources; a segment that does not stands only where the structure requires it. */
  readonly says: boolean;
}

interface NumberedRule extends FieldRule {
  readonly field: number;
}

function fieldRule({ key, at, value }: Entry, segment: string, context: RuleContext): readonly NumberedRule[] {
  const fields = context.segments.get(segment) ?? [];
  const field = /^[1-9]\d{0,2}$/u.test(key) ? Number(key) : 0;
  const path = `${context.path}-${key}`;
  const type = fields[field - 1];
  if (type === undefined || (segment === 'MSH' && field < 3)) {
    const message = `${segment} has ${fields.length} fields, not "${key}"`;
    context.faults.add('mapping.unknown-path', message, { ...at, path });
    return [];
  }
  return [{ field, ...compileField(value, type, { ...context, path }) }];
}

function valueOf(values: readonly RepetitionValue[]): FieldValue {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : { repeat: values };
}

/** True where the rule said something before and does not any more: the receiver is to delete it. */
function isGone(rule: FieldRule, env: Env): boolean {
  const past = rule.constant ? undefined : env.past();
  if (past === undefined) return false;
  const earlier: RepetitionValue[] = [];
  rule.produce(past, earlier);
  return earlier.length > 0;
}

/** The fields of a segment and whether they say anything. */
export type WriteFields = (env: Env) => Emission;

/** Compiles `set:` of a segment. */
export function compileFields(segment: string, node: Node | undefined, context: RuleContext): WriteFields {
  const rules = entriesOf(child(node, 'set')).flatMap((entry) => fieldRule(entry, segment, context));
  return (env) => {
    const fields: Record<number, FieldValue> = {};
    let says = false;
    for (const rule of rules) {
      const values: RepetitionValue[] = [];
      rule.produce(env, values);
      if (values.length > 0) fields[rule.field] = valueOf(values);
      else if (isGone(rule, env)) fields[rule.field] = { raw: HL7_NULL };
      else continue;
      if (!rule.constant) says = true;
    }
    return { spec: { name: segment, fields }, says };
  };
}
