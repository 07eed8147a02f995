import type { ProblemTable } from './table.ts';

/** Problems of the area `sender`. */
export const SENDER_PROBLEMS = {
  'sender.rejected': {
    meaning: 'The provider refused the message.',
    advice: 'Look at the reason given by the provider; the next channel was tried, or the step is on the work list.',
  },
  'sender.bad-address': {
    meaning: 'The provider says that the address does not exist.',
    advice: 'Correct the number or account of the recipient.',
  },
  'sender.timeout': {
    meaning: 'The provider did not answer in time, so it is not known whether the message went out.',
    advice: 'Nothing to do: the engine asks the provider again before anything else is sent.',
  },
  'sender.unreachable': {
    meaning: 'The connection to the provider broke, so it is not known whether the message went out.',
    advice: 'Check the address and network of the sender; the engine looks the message up.',
  },
  'sender.unexpected-answer': {
    meaning: 'The provider answered with something that its contract does not have.',
    advice: 'Check the address of the sender and what stands in front of it (proxy, login page).',
  },
  'sender.not-configured': {
    meaning: 'No sender is configured for the channel.',
    advice: 'Configure a sender for the channel, or remove the channel from the plan.',
  },
  'sender.uncertain': {
    meaning: 'It cannot be found out whether a message went out before a crash, and sending again might double it.',
    advice: 'Ask the recipient or the provider, then close the work order.',
  },
} as const satisfies ProblemTable;
