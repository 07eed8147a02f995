import type { ProblemTable } from './table.ts';

/** Problems of the area `store`. */
export const STORE_PROBLEMS = {
  'store.unavailable': {
    meaning: 'The store cannot be reached or cannot write (disk full, file gone, server down, closed).',
    advice: 'See to the disk or the database server; work goes on by itself when the store answers again.',
  },
  'store.change-invalid': {
    meaning: 'A change set breaks the contract of the store (undeclared field, wrong kind of body, one row twice).',
    advice: 'This is a fault of the program: report it with the message id.',
  },
  'store.query-invalid': {
    meaning: 'A search breaks the contract of the store (undeclared field, limit out of bounds).',
    advice: 'This is a fault of the program: report it with the request that led to it.',
  },
  'store.cursor-invalid': {
    meaning: 'The cursor of a search was not made by an earlier page of the same search.',
    advice: 'Start the search again from its first page.',
  },
  'store.expectation-unread': {
    meaning: 'A decision was to rest on a row that it had not read.',
    advice: 'This is a fault of the program: report it with the message id.',
  },
} as const satisfies ProblemTable;
