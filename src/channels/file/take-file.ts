import type { Answer, RawMessage } from '../../core/message.ts';
import { problem, type Problem } from '../../core/problem.ts';
import { CDA, HL7_V2, messagesIn, rawMessage } from '../incoming.ts';
import type { ListenerDeps } from '../port.ts';

/** What became of a message of a file; messages count from 1. */
interface FileProblem extends Problem {
  readonly messageNumber: number;
}

/** What became of a file: `later` where the store was not there, so that the file has to wait. */
export type FileOutcome =
  | { readonly kind: 'done'; readonly messages: number }
  | { readonly kind: 'failed'; readonly messages: number; readonly problems: readonly FileProblem[] }
  | { readonly kind: 'later' };

/** Hands on every message of a file, in order, or its clinical document (`.xml`), and waits until each is answered. */
export async function takeFile(
  deps: ListenerDeps,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  maxMessageBytes: number,
): Promise<FileOutcome> {
  const contentType = /\.xml$/iu.test(name) ? CDA : HL7_V2;
  const messages = contentType === CDA ? [bytes] : messagesIn(bytes);
  const answers: Promise<Answer>[] = [];
  for (const message of messages) {
    if (message.length > maxMessageBytes) answers.push(Promise.resolve(tooLarge(maxMessageBytes)));
    else await hand(deps, rawMessage(deps, name, message, contentType), answers);
  }
  const problems: FileProblem[] = [];
  for (const [index, answer] of (await Promise.all(answers)).entries()) {
    if (answer.kind === 'unavailable') return { kind: 'later' };
    if (answer.kind === 'refused') problems.push({ messageNumber: index + 1, ...answer.problem });
  }
  if (problems.length > 0) return { kind: 'failed', messages: messages.length, problems };
  return { kind: 'done', messages: messages.length };
}

/** Hands one message on and adds its coming answer to the list; resolves when the next may follow. */
async function hand(deps: ListenerDeps, message: RawMessage, answers: Promise<Answer>[]): Promise<void> {
  let resolve: (answer: Answer) => void = () => undefined;
  answers.push(
    new Promise((settle) => {
      resolve = settle;
    }),
  );
  await deps.deliver({
    message,
    answer: (answer) => {
      resolve(answer);
      return Promise.resolve();
    },
  });
}

function tooLarge(limit: number): Answer {
  const message = `the message is larger than ${limit} bytes`;
  return { kind: 'refused', kept: false, problem: problem('channel.message-too-large', message) };
}
