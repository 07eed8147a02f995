import { formatProblem, problem, type Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { Answers } from '../pipeline/follow-up/answers.ts';
import type { NamedSender } from '../pipeline/follow-up/loop-deps.ts';
import type { SenderEvent } from '../senders/port.ts';
import type { PageAnswer, PageRequest } from '../server/pages.ts';

/** What callbacks are answered with. */
export interface CallbackDeps {
  readonly senders: readonly NamedSender[];
  readonly answers: Answers;
}

/** Problems that go away by themselves: the provider is asked to push again. */
const PASSING: ReadonlySet<string> = new Set(['pipeline.conflict']);

/**
 * `POST /senders/<name>/callback`: what a provider pushes (receipts, replies, acknowledgements). The sender decides by
 * its signature whether it is theirs (401 where not). All events are durable before 200 is answered; 503 asks for a
 * repetition, which has no second effect. Undefined for another address.
 */
export async function takeCallback(deps: CallbackDeps, request: PageRequest): Promise<PageAnswer | undefined> {
  const name = /^\/senders\/([^/]+)\/callback$/.exec(request.path)?.[1];
  if (name === undefined) return undefined;
  if (request.method !== 'POST') return answer(405, { problem: 'Providers POST here.' });
  const found = deps.senders.find((sender) => sender.name === decoded(name));
  const events = found?.sender.parseCallback?.(request.headers, request.bytes);
  // Whoever does not sign learns nothing, not even which senders exist.
  if (events === undefined) {
    return answer(401, { problem: formatProblem(problem('server.unauthorized', 'The callback is not signed.')) });
  }
  const problems: Problem[] = [];
  for (const event of events) {
    const taken = await take(deps.answers, event);
    if (!taken.ok) problems.push(taken.error);
  }
  const status = problems.some(({ code }) => PASSING.has(code)) ? 503 : 200;
  return answer(status, { taken: events.length - problems.length, problems: problems.map(formatProblem) });
}

function take(answers: Answers, event: SenderEvent): Promise<Result<unknown, Problem>> {
  switch (event.kind) {
    case 'receipt':
      return answers.receipt(event);
    case 'reply':
      return answers.reply(event);
    case 'acknowledged':
      return answers.acknowledge(event.attempt, event.by);
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function answer(status: number, body: Readonly<Record<string, unknown>>): PageAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
