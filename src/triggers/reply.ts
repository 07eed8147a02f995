import type { Scope } from './scope.ts';
import { truth } from './expression.ts';
import type { Action, Plan, ReplyRule } from './plan.ts';

/** How dangerous an answer is. */
export type Risk = 'high' | 'medium' | 'low' | 'optout' | 'unclassified';

/** What a reply means and what the plan wants done about it. */
export interface Classified {
  readonly risk: Risk;
  readonly actions: readonly Action[];
}

/** An answer as classification sees it: NFKC, simplified characters. */
export interface ReplyText {
  readonly text: string;
  /** The first number in it, if any. */
  readonly number?: number;
}

/** The words by which a patient ends messages, known to the engine before any plan's rules. */
const OPT_OUT = /^\s*(?:TD|T|N|退订)\s*[.。!]?\s*$/iu;
const WEIGHT: Readonly<Record<string, number>> = { optout: 4, high: 3, medium: 2, low: 1 };

/** True for an opt-out word; nothing else may stand in the message. */
function isOptOut(text: string): boolean {
  return OPT_OUT.test(text);
}

/**
 * Prepares a reply: NFKC first (full-width letters and digits), then traditional to simplified.
 * @param simplify from traditional to simplified characters
 */
export function normaliseReply(raw: string, simplify: (text: string) => string): ReplyText {
  const text = simplify(raw.normalize('NFKC')).trim();
  const number = /-?\d+(?:\.\d+)?/.exec(text)?.[0];
  return number === undefined ? { text } : { text, number: Number(number) };
}

/**
 * Classifies a reply. Every rule is tried on every clause alone, because a negation belongs to its clause ("不疼,但是
 * 胸闷"); the highest risk found wins.
 */
export function classifyReply(reply: ReplyText, plan: Pick<Plan, 'replies'>, scope: Scope): Classified {
  if (isOptOut(reply.text)) return { risk: 'optout', actions: [{ type: 'opt-out' }] };
  const clauses = clausesOf(reply.text);
  const fitting = (plan.replies?.rules ?? []).filter(
    (rule) => rule.risk !== 'optout' && fits(rule, clauses, { ...scope, reply }),
  );
  const best = fitting.reduce<ReplyRule | undefined>(
    (highest, rule) => (highest === undefined || weight(rule) > weight(highest) ? rule : highest),
    undefined,
  );
  return best === undefined ? fallback(plan.replies?.otherwise) : { risk: best.risk, actions: best.actions };
}

function weight(rule: ReplyRule): number {
  return WEIGHT[rule.risk] ?? 0;
}

function fits(rule: ReplyRule, clauses: readonly string[], scope: Scope): boolean {
  if (rule.anyOf.length === 0 && rule.when === undefined) return false;
  if (rule.when !== undefined && truth(rule.when, scope) !== 'true') return false;
  return rule.anyOf.length === 0 || clauses.some((clause) => says(rule, clause));
}

function says(rule: ReplyRule, clause: string): boolean {
  return rule.anyOf.some((pattern) => pattern.test(clause)) && !rule.noneOf.some((pattern) => pattern.test(clause));
}

/** Without rules, or where none fits, a person reads the reply. */
function fallback(otherwise: NonNullable<Plan['replies']>['otherwise'] | undefined): Classified {
  if (otherwise !== undefined) return { risk: otherwise.risk, actions: otherwise.actions };
  return { risk: 'unclassified', actions: [{ type: 'task', to: 'follow-up-team', priority: 'routine', due: 'P1D' }] };
}

function clausesOf(text: string): readonly string[] {
  return text
    .split(/[,，。!！?？;；、\n]|(?<!\d)\.|\.(?!\d)|但是|但|不过|可是|然而|只是/u)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}
